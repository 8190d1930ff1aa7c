using Granary.Instana.Connections;
using Granary.Instana.Http;

namespace Granary.Instana.Resilience;

/// <summary>One request's attempts: what the last one brought, and how long to wait for the next.</summary>
internal sealed class Attempts(InstanaRequest request, CallScope scope, RetryOptions options, TimeProvider time)
{
    public InstanaRequest Request => request;

    public CallScope Scope => scope;

    /// <summary>The last outcome, for a call whose time runs out while it waits for its next attempt.</summary>
    public InstanaReply? Last { get; private set; }

    public TimeSpan? Delay { get; private set; }

    public bool PlanNext(InstanaReply reply, int retries)
    {
        Last = reply;
        Delay = RetryPlan.Next(reply, request.ReadOnly, retries, scope.End - time.GetUtcNow(), options, Random.Shared.NextDouble());
        return Delay is not null;
    }
}
