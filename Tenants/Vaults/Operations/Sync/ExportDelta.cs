using System.Text;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;
using Granary.Vault.Sync;

namespace Granary.Tenants.Vaults.Operations.Sync;

/// <summary>
/// <c>export_delta</c>: <c>since_hash</c> (an event's id), <c>limit</c> to <c>{success, since_hash, event_count, size, delta, next_since}</c>: the
/// events behind it, all where it is not in the log, as the text of a delta file; at most 4 MiB at a time. <c>next_since</c> says where to go on; it
/// is null at the end.
/// </summary>
internal sealed class ExportDelta() : VaultOperation("export_delta")
{
    private const int MaxLimit = 10_000;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var vault = context.Backpack(Name).Vault;
        var since = context.Arguments.Text("since_hash");
        var limit = context.Arguments.Number("limit", MaxLimit, 1, MaxLimit);
        var from = since is not null && await context.FindEventAsync(since) is { } found ? found.Position + 1 : 0;
        var part = await LogPart.ReadAsync(context.Log, from, limit, Results.MaxEventBytes, context.Cancellation);
        var delta = await DeltaBundle.ExportAsync(part, vault.Registry, since, context.Time.GetUtcNow(), context.Cancellation);
        var next = part.IsLast ? null : IdOf(part.LastLine.Span);
        return Results.Object(json =>
        {
            json.WriteBoolean("success", true);
            json.WriteText("since_hash", since);
            json.WriteNumber("event_count", part.Count(LogStream.Events));
            json.WriteNumber("size", delta.Length);
            json.WriteString("delta", Encoding.UTF8.GetString(delta));
            json.WriteText("next_since", next);
        });
    }

    private static string? IdOf(ReadOnlySpan<byte> line)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        return EventFields.TryRead(line, scratch, out var fields) ? EventFields.Text(fields.Id) : null;
    }
}
