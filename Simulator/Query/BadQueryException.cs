namespace Granary.Simulator.Query;

/// <summary>A question that the backend refuses, in its words.</summary>
internal sealed class BadQueryException(string message, int status = 400) : Exception(message)
{
    public int Status { get; } = status;
}
