namespace Granary.Gateway.Audit;

/// <summary>One call's line in an event, ready to be written.</summary>
/// <param name="Json">A JSON object in UTF-8.</param>
/// <param name="Awaited">Completed when the event is durable; null where nobody waits.</param>
internal sealed record AuditEntry(ReadOnlyMemory<byte> Json, TaskCompletionSource<AuditReceipt>? Awaited);
