namespace Granary.Instana.Params;

/// <summary>The parameters that every operation takes.</summary>
internal static class AnswerParameters
{
    public static readonly InstanaParameter MaxChars = new("max_chars", ParameterKind.Integer, "Longest answer, in characters")
    {
        Minimum = 1000, Maximum = 1_000_000, Default = AnswerWishes.DefaultMaxChars,
    };

    public static readonly InstanaParameter Cursor = new("cursor", ParameterKind.Text, "next_cursor of the answer before, with the same parameters");

    public static readonly InstanaParameter Confirm = new("confirm", ParameterKind.Flag, "true makes a change that cannot be undone");

    public static readonly InstanaParameter DryRun = new("dry_run", ParameterKind.Flag, "Show the request and the difference; change nothing");
}
