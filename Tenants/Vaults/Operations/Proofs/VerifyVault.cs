using Granary.Vault.Verification.Reports;

namespace Granary.Tenants.Vaults.Operations.Proofs;

/// <summary>
/// <c>verify_vault</c>: <c>mode</c> (<c>strict</c>, or <c>compatible</c> for what the reference's checkers demand) to the report of <see cref="ReportJson"/>.
/// </summary>
internal sealed class VerifyVault() : VaultOperation("verify_vault")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var mode = context.Arguments.Choice("mode", "strict", "strict", "compatible") == "strict" ? VerificationMode.Strict : VerificationMode.Compatible;
        // The reference knows no manifest that lags: it would be shown the vault as it is exported.
        if (mode == VerificationMode.Compatible)
            await context.Vault.SealAsync(context.Time, context.Cancellation);
        return new VaultResult(ReportJson.Write(await VaultCheck.RunAsync(context.Vault, mode, context.Progress, context.Cancellation), duration: null));
    }
}
