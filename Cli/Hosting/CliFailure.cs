namespace Granary.Cli.Hosting;

/// <summary>A command that could not do its work, told in four parts.</summary>
/// <param name="what">What went wrong, a phrase without a full stop.</param>
/// <param name="why">The reason, a sentence without its full stop.</param>
/// <param name="fix">What the user can do about it.</param>
/// <param name="see">Where to read more, for example <c>provara verify --help</c> or <c>PROVARA_E302</c>.</param>
/// <param name="inner">What was thrown.</param>
internal sealed class CliFailure(string what, string why, string fix, string see = "docs/provara.md", Exception? inner = null) : Exception(what, inner)
{
    public string What { get; } = Trim(what);

    public string Why { get; } = Sentence(Trim(why));

    public string Fix { get; } = Trim(fix);

    public string See { get; } = see;

    /// <summary>The line a user sees.</summary>
    public override string ToString() => $"ERROR: {What}. {Why}. Fix: {Fix}. (See: {See})";

    // What stands behind a full stop begins a sentence; a path, a file's name or an option stays as it is.
    private static string Sentence(string text)
    {
        var word = text.AsSpan()[..(text.IndexOf(' ', StringComparison.Ordinal) is var end and >= 0 ? end : text.Length)].TrimEnd(",:'");
        return !word.IsEmpty && !word.ContainsAnyExceptInRange('a', 'z') ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    private static string Trim(string text) => text.TrimEnd().TrimEnd('.');
}

/// <summary>A command line that was understood word by word and still makes no sense; exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
