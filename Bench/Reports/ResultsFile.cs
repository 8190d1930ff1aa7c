namespace Granary.Bench.Reports;

/// <summary>RESULTS.md: a section per scenario between marks, so that one run replaces its own sections and leaves the others.</summary>
internal static class ResultsFile
{
    private const string Head = """
        # Results

        Written by `Bench`; each section says with which command, where and on what commit. The load generator is closed-loop: its latencies
        are those at saturation. Compare figures within a section only.

        """;

    /// <summary>Puts a section into the file.</summary>
    public static void Put(string path, Section section) =>
        File.WriteAllText(path, Merge(File.Exists(path) ? File.ReadAllText(path) : Head, section.Name, section.Text));

    /// <summary>The file's text with a section replaced, or added at its end.</summary>
    public static string Merge(string file, string name, string section)
    {
        var (open, close) = ($"<!-- {name} -->\n", $"<!-- end of {name} -->\n");
        var block = $"{open}{section.TrimEnd()}\n{close}";
        var begin = file.IndexOf(open, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : file.IndexOf(close, begin, StringComparison.Ordinal);
        return end < 0 ? $"{file.TrimEnd()}\n\n{block}" : $"{file[..begin]}{block}{file[(end + close.Length)..]}";
    }
}
