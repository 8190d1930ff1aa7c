using Granary.Vault.Storage;
using Granary.Vault.Tests.Fuzzing;

namespace Granary.Vault.Redis.Tests;

/// <summary>An idempotency claim as it comes back from Redis, where a stranger may have written.</summary>
public sealed class ClaimRecordFuzzTests
{
    private static readonly IdempotencyClaim Claim = new("k", new string('0', 64), "receipt"u8.ToArray());

    private static readonly Parser Parser =
        new("claim", [ClaimRecord.Write(Claim, 7, LogHead.ZeroHash)], bytes => ClaimRecord.Read("k", bytes), typeof(VaultStorageException));

    [Fact]
    public void What_was_written_is_read() => ParserFuzz.ReadsItsSamples(Parser);

    [Fact]
    public Task Changed_bytes_are_read_or_refused() => ParserFuzz.ReadsOrRefusesChangedBytesAsync(Parser);
}
