using System.Globalization;
using Granary.Tenants;

namespace Granary.Gateway.Resources.Vaults;

/// <summary><c>vault://{name}/head</c>: the head of the log. Two reads that differ mean that events came in between.</summary>
internal sealed class HeadResource(ITenants tenants) : VaultResource(
    tenants, "head", "Head of a vault", "How many events a vault holds, and the hash of the last one. Percent-encode '/' in the name.", "application/json")
{
    protected override async Task<string> ReadAsync(IVault vault, CancellationToken cancellation)
    {
        var head = await vault.GetHeadAsync(cancellation);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"count":{{head.Count}},"hash":"{{head.Hash}}"}""");
    }
}
