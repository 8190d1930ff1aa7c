using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Configuration;

/// <summary>
/// The file that <c>--env-file</c> names fills in what the environment leaves open. No file is read unless it is named: one in the working directory
/// is anybody's who can write there.
/// </summary>
internal static class DotEnv
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads <c>KEY=VALUE</c> lines; blank lines and comments are skipped, quotes around a value dropped.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or a line is none of these; the message names the line and shows no value.</exception>
    public static Dictionary<string, string> Load(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = Read(path);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line[7..].TrimStart();
            var equals = line.IndexOf('=');
            if (equals <= 0 || !IsName(line.AsSpan(0, equals).TrimEnd()))
                throw new InvalidDataException($"--env-file '{path}', line {i + 1}: a line is KEY=VALUE, empty, or a comment that begins with '#'.");
            var value = line[(equals + 1)..].Trim();
            if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0])
                value = value[1..^1];
            if (!values.TryAdd(line[..equals].TrimEnd(), value))
                throw new InvalidDataException($"--env-file '{path}', line {i + 1}: {line[..equals].TrimEnd()} is set a second time.");
        }
        return values;
    }

    private static string[] Read(string path)
    {
        try
        {
            return RegularFile.ReadText(path, MaxBytes).ReplaceLineEndings("\n").Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = Directory.Exists(path) ? "it is a folder" : e is FileNotFoundException or DirectoryNotFoundException ? "there is none" : e.Message;
            throw new InvalidDataException($"--env-file '{path}' cannot be read: {reason}", e);
        }
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }
        return name.Length > 0;
    }
}
