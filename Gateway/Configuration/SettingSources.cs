using System.CommandLine;

namespace Granary.Gateway.Configuration;

/// <summary>Where a setting comes from.</summary>
internal enum SettingSource
{
    /// <summary>The command line or the environment: set by the person who starts the program.</summary>
    Start,

    /// <summary>The file that <c>--env-file</c> names.</summary>
    File,
}

/// <summary><c>--env</c> over the environment over the file of <c>--env-file</c>, and which of them a setting came from.</summary>
internal sealed class SettingSources
{
    private readonly Dictionary<string, string> _given;
    private readonly Func<string, string?> _environment;
    private readonly Dictionary<string, string> _file;
    private readonly string? _path;

    private SettingSources(Dictionary<string, string> given, Func<string, string?> environment, string? path)
    {
        (_given, _environment, _path) = (given, environment, path);
        _file = path is null ? [] : DotEnv.Load(path);
    }

    /// <exception cref="InvalidDataException">A flag or the file cannot be used.</exception>
    public static SettingSources Read(CommandLine flags, ParseResult given, Func<string, string?> environment)
    {
        var explicitly = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in given.GetValue(flags.Env) ?? [])
        {
            var equals = pair.IndexOf('=');
            if (equals <= 0)
                throw new InvalidDataException($"--env takes KEY=VALUE; it got '{pair}'.");
            explicitly[pair[..equals]] = pair[(equals + 1)..];
        }
        return new SettingSources(explicitly, environment, given.GetValue(flags.EnvFile));
    }

    /// <summary>What <c>--env</c> and the file set.</summary>
    public IEnumerable<KeyValuePair<string, string>> Own => [.. _given, .. _file];

    public string? Find(string name) => FromStart(name) ?? _file.GetValueOrDefault(name);

    /// <summary>Where a setting's value comes from; null where it has none.</summary>
    public SettingSource? SourceOf(string name)
    {
        if (FromStart(name) is { Length: > 0 })
            return SettingSource.Start;
        return Find(name) is { Length: > 0 } ? SettingSource.File : null;
    }

    public string Describe(SettingSource source) =>
        source == SettingSource.File ? $"in the file '{_path}'" : "on the command line or in the environment";

    private string? FromStart(string name) => _given.GetValueOrDefault(name) ?? _environment(name);
}
