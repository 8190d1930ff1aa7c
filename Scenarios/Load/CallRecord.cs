using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Load;

/// <summary>One call as its client saw it.</summary>
/// <param name="Operation">What was asked: <c>append</c>, <c>append+key</c>, <c>timeline</c>, <c>verify</c> or <c>instana</c>.</param>
/// <param name="Tenant">Who asked.</param>
/// <param name="Begin">When, in Stopwatch ticks.</param>
/// <param name="Latency">How long it took.</param>
/// <param name="Answer">How it ended; without its content.</param>
internal sealed record CallRecord(string Operation, string Tenant, long Begin, TimeSpan Latency, Answer Answer)
{
    /// <summary>Whether it did what was asked.</summary>
    public bool Succeeded => Answer.Kind == AnswerKind.Success;
}
