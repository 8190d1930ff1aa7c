namespace Granary.Instana.Params;

/// <summary>One thing that is wrong with a call.</summary>
/// <param name="Field">The parameter, as the client wrote it.</param>
/// <param name="Message">A sentence that says what is wrong and what would be right.</param>
internal sealed record InputProblem(string Field, string Message)
{
    public IReadOnlyList<string> ValidValues { get; init; } = [];

    public string? Example { get; init; }

    /// <summary>True when the parameter was not given at all.</summary>
    public bool IsMissing { get; init; }
}
