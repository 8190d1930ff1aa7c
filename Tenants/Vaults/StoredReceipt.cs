using System.Text;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>What a store keeps of a receipt beside an idempotency key; position and hash it knows itself.</summary>
internal static class StoredReceipt
{
    public static byte[] Write(string eventId, string timestamp, string? bridgeId, string? stateHash) =>
        Encoding.UTF8.GetBytes(string.Join('\n', eventId, timestamp, bridgeId, stateHash));

    public static AppendReceipt Read(IdempotencyRecord record)
    {
        var parts = Encoding.UTF8.GetString(record.Claim.Receipt.Span).Split('\n');
        return new AppendReceipt(parts[0], record.Position, record.Hash, parts[1], Part(parts[2]), Part(parts[3]), Replayed: true);
    }

    private static string? Part(string text) => text.Length == 0 ? null : text;
}
