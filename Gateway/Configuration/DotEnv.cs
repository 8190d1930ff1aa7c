namespace Granary.Gateway.Configuration;

/// <summary>A <c>.env</c> file in the working directory fills in what the environment leaves open.</summary>
internal static class DotEnv
{
    /// <summary>Reads <c>KEY=VALUE</c> lines; blank lines and comments are skipped, quotes around a value dropped.</summary>
    public static Dictionary<string, string> Load(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return values;
        foreach (var raw in File.ReadLines(path))
        {
            var line = raw.Trim();
            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line[7..].TrimStart();
            var equals = line.IndexOf('=');
            if (line.StartsWith('#') || equals <= 0)
                continue;
            var value = line[(equals + 1)..].Trim();
            if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0])
                value = value[1..^1];
            values[line[..equals].TrimEnd()] = value;
        }
        return values;
    }
}
