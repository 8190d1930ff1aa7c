using System.Text;
using Granary.Tenants.Vaults.Operations.Export;
using Granary.Vault.Psmc.Export;

namespace Granary.Tenants.Vaults.Operations.Psmc;

/// <summary>
/// <c>generate_digest</c>, also <c>export_digest</c>: <c>weeks</c> (1) to <c>{digest, path}</c>: Markdown, which is kept in the vault as well. PSMC only.
/// </summary>
internal sealed class GenerateDigest(string name) : VaultOperation(name)
{
    public override bool Writes => true;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        context.Psmc(Name);
        var weeks = context.Arguments.Number("weeks", 1, 1, PsmcDigest.MaxWeeks);
        var digest = await PsmcDigest.WriteAsync(context.Log, weeks, context.Time.GetUtcNow(), context.Cancellation);
        await context.Log.WriteDocumentAsync(digest, derived: false, context.Cancellation);
        return Results.Object(json =>
        {
            json.WriteString("digest", Encoding.UTF8.GetString(digest.Content.Span));
            json.WriteString("path", digest.Name);
        });
    }
}

/// <summary><c>export_markdown</c> to <c>{markdown}</c>: all events; at most 32 MiB. PSMC only.</summary>
internal sealed class ExportMarkdown() : VaultOperation("export_markdown")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var vault = context.Psmc(Name).Vault;
        var markdown = await PsmcExport.WriteAsync(context.Log, vault.Metadata, context.Time.GetUtcNow(), (int)ExportVault.MaxBytes, context.Cancellation);
        return Results.Object(json => json.WriteString("markdown", Encoding.UTF8.GetString(markdown)));
    }
}
