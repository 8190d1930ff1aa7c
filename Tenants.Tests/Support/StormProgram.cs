using System.Globalization;
using Granary.Tenants.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Support;

/// <summary>Appends without end and prints what was acknowledged, until it is killed.</summary>
internal static class StormProgram
{
    public static async Task<int> Main(string[] arguments)
    {
        var host = new InProcessTenants(
            new InProcessTenantsOptions { DataFolder = arguments[0] }, TimeProvider.System, NullLogger<InProcessTenants>.Instance);
        var vault = host.Vault(TenantId.Default, VaultName.Parse("storm"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() => AppendAsync(vault, writer, arguments[1]))));
        return 0;
    }

    private static async Task AppendAsync(IVault vault, int writer, string run)
    {
        for (var i = 0; ; i++)
        {
            var key = writer < 4 ? $"{run}-{writer}-{i}" : null;
            var receipt = await vault.AppendAsync(TestTenants.Note($$"""{"n":{{i}},"subject":"w{{writer}}"}""", key, bridge: writer == 0 && i % 8 == 0), default);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{receipt.Position} {receipt.Hash} {key ?? "-"} {i} {writer} ."));
        }
    }
}
