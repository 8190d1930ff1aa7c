using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Tenants.Vaults.Operations.Proofs;

/// <summary>Verifies a vault as it is stored now, against the signed head that is kept beside it.</summary>
internal static class VaultCheck
{
    /// <summary>Verifying takes every core it gets: of all vaults of a process, so many at once, so that short calls go on being answered.</summary>
    private static readonly SemaphoreSlim Verifying = new(Math.Max(1, Environment.ProcessorCount / 2));

    public static async Task<VaultReport> RunAsync(VaultWriter vault, VerificationMode mode, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        // First what is remembered, then what is there: who signs meanwhile must not make the log look cut.
        var kept = await vault.KeptHeadAsync(cancellation);
        var stamps = await vault.Stamps.YoungestAsync(cancellation);
        var head = await vault.Log.RefreshAsync(cancellation);
        var options = new VerificationOptions
        {
            Mode = mode,
            Head = kept,
            Stamps = stamps,
            Count = vault.Log.Findings.Count > 0 ? null : head.Count,
            ManifestMayLag = true,
            MaxFindings = VerificationReport.MaxFindings,
        };
        await Verifying.WaitAsync(cancellation);
        try
        {
            return await VaultVerifier.RunAsync(vault.Log, options, progress is null ? null : new StepProgress(progress, head.Count), cancellation);
        }
        finally
        {
            Verifying.Release();
        }
    }
}
