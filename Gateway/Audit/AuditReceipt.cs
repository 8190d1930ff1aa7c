namespace Granary.Gateway.Audit;

/// <summary>Where a call is recorded: the event, and the call's place in its list.</summary>
internal sealed record AuditReceipt(string EventId, long Position, string Hash, int Index);
