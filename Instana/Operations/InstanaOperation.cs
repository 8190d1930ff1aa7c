using Granary.Instana.Client;
using Granary.Instana.Http;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>One operation: its data, and what it does once its parameters are known to be right.</summary>
internal abstract class InstanaOperation
{
    public abstract InstanaOperationDefinition Definition { get; }

    /// <summary>Checks what no single parameter can tell; problems go to <paramref name="bound"/>.</summary>
    /// <returns>What the check worked out, for <see cref="RunAsync"/>.</returns>
    public virtual object? Prepare(BoundParams bound, DateTimeOffset now) => null;

    public abstract Task<OperationResult> RunAsync(OperationContext context, CancellationToken cancellation);
}

/// <summary>What an operation works with.</summary>
/// <param name="Client">The connection.</param>
/// <param name="Scope">What its requests share.</param>
/// <param name="Params">Its parameters, checked.</param>
/// <param name="Prepared">What its own check worked out.</param>
internal sealed record OperationContext(InstanaClient Client, CallScope Scope, BoundParams Params, object? Prepared)
{
    public DateTimeOffset Now => Client.Time.GetUtcNow();

    public Task<InstanaReply> SendAsync(InstanaRequest request, CancellationToken cancellation) => Client.SendAsync(request, Scope, cancellation);
}
