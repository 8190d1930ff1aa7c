using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Vault.Evidence.Forensics;

/// <summary>How many events carry a signature, valid or not.</summary>
internal sealed record SignatureCount(long Signed, long Unsigned)
{
    public static async Task<SignatureCount> CountAsync(IVaultReader reader, string format, long count, CancellationToken cancellation)
    {
        long signed = 0;
        long all = 0;
        await foreach (var page in EntryPipeline.RunAsync(reader, 0, count, page => (Signed: Count(page, format), page.Count), cancellation))
        {
            signed += page.Signed;
            all += page.Count;
        }
        return new SignatureCount(signed, all - signed);
    }

    private static long Count(EntryPage page, string format)
    {
        using var scratch = new PooledBuffer();
        long signed = 0;
        for (var i = 0; i < page.Count; i++)
        {
            var isSigned = format == PsmcFormat.Name
                ? PsmcChainLine.Read(page.ChainAt(i), scratch)?.Signature is not null
                : BackpackEvent.TryRead(page.EventAt(i), scratch, out var written) && written.HasSignature;
            signed += isSigned ? 1 : 0;
        }
        return signed;
    }
}
