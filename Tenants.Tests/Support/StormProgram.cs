using System.Globalization;
using System.Text;
using Granary.Tenants.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Support;

/// <summary>Appends without end, erases now and then where the format can, and prints what was acknowledged, until it is killed.</summary>
internal static class StormProgram
{
    public static async Task<int> Main(string[] arguments)
    {
        var host = new InProcessTenants(
            new InProcessTenantsOptions { DataFolder = arguments[0] }, TimeProvider.System, NullLogger<InProcessTenants>.Instance);
        var vault = host.Vault(TenantId.Default, VaultName.Parse("storm"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() => AppendAsync(vault, writer, arguments[1], arguments[2] == "backpack"))));
        return 0;
    }

    /// <summary>What a writer says, in the words of the vault's format.</summary>
    public static AppendEvent Say(int i, int writer, string? key, bool backpack) => backpack
        ? new AppendEvent("OBSERVATION", Encoding.UTF8.GetBytes($$"""{"predicate":"n","subject":"w{{writer}}","value":{{i}}}""")) { Actor = $"w{writer % 3}", IdempotencyKey = key }
        : TestTenants.Note($$"""{"n":{{i}},"subject":"w{{writer}}"}""", key, bridge: writer == 0 && i % 8 == 0);

    private static async Task AppendAsync(IVault vault, int writer, string run, bool backpack)
    {
        for (var i = 0; ; i++)
        {
            var key = writer < 4 ? $"{run}-{writer}-{i}" : null;
            var receipt = await vault.AppendAsync(Say(i, writer, key, backpack), default);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{receipt.Position} {receipt.Hash} {key ?? "-"} {i} {writer} ."));
            if (backpack && writer == 7 && i % 16 == 15)
                await vault.RunAsync("redact_event", $$"""{"event_id":"{{receipt.EventId}}","reason":"OTHER"}""");
        }
    }
}
