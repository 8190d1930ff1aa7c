using Granary.Vault.Canonical;

namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary><c>get_event</c>: <c>event_id</c> to <c>{event, position}</c>.</summary>
internal sealed class GetEvent() : VaultOperation("get_event")
{
    public override async Task<VaultResult> RunAsync(OperationContext context)
    {
        var id = context.Arguments.Required("event_id");
        var (position, line) = await FindAsync(context, id)
            ?? throw new TenantException(TenantFailure.NotFound, $"There is no event \"{id}\" in the vault \"{context.Name}\".");
        return Results.Object(json =>
        {
            json.WritePropertyName("event");
            json.WriteRawValue(line.Span, skipInputValidation: true);
            json.WriteNumber("position", position);
        });
    }

    /// <summary>An event by its id; null where there is none.</summary>
    internal static async Task<(long Position, ReadOnlyMemory<byte> Line)?> FindAsync(OperationContext context, string id)
    {
        var wanted = EventFields.Canonical(id);
        using var scratch = new PooledBuffer(4096);
        await foreach (var page in EventScan.PagesAsync(context.Log, 0, context.Log.Head.Count, context.Progress, context.Cancellation))
        {
            for (var i = 0; i < page.Lines.Count; i++)
            {
                // Most lines do not hold these bytes at all, and are not read any closer.
                if (page.Lines[i].Span.IndexOf(wanted) >= 0 && IsIt(page.Lines[i].Span, wanted, scratch))
                    return (page.Position + i, page.Lines[i]);
            }
        }
        return null;
    }

    private static bool IsIt(ReadOnlySpan<byte> line, byte[] wanted, PooledBuffer scratch) =>
        EventFields.TryRead(line, scratch, out var view) && view.Id.SequenceEqual(wanted);
}
