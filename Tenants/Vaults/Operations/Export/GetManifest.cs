using System.Text;
using Granary.Vault.Backpack.Manifests;

namespace Granary.Tenants.Vaults.Operations.Export;

/// <summary><c>get_manifest</c> to <c>{manifest, merkle_root, signature}</c>, made anew for the vault as it is. Backpack only.</summary>
internal sealed class GetManifest() : VaultOperation("get_manifest")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        context.Backpack(Name);
        await context.Vault.SealAsync(context.Time, context.Cancellation);
        var manifest = await ReadAsync(context, Manifest.FileName);
        var root = await ReadAsync(context, Manifest.RootName);
        var signature = await ReadAsync(context, ManifestSignature.FileName);
        return Results.Object(json =>
        {
            json.WritePropertyName("manifest");
            json.WriteRawValue(manifest.Span);
            json.WriteString("merkle_root", Encoding.ASCII.GetString(root.Span).Trim());
            json.WritePropertyName("signature");
            json.WriteRawValue(signature.Span);
        });
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(VaultOperationContext context, string name) =>
        await context.Log.ReadDocumentAsync(name, context.Cancellation) ?? throw new TenantException(TenantFailure.Damaged, $"{name} is missing in the vault.");
}
