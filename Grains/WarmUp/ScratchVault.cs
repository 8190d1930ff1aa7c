using System.Text;
using Granary.Grains.Redis;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.WarmUp;

/// <summary>A vault that nobody reads, and what a warm-up does with it: everything that calls do most.</summary>
public static class ScratchVault
{
    private const int Rounds = 4;
    private const int AtOnce = 8;

    /// <summary>Whose it is.</summary>
    public static TenantId Tenant { get; } = TenantId.Parse("granary.warm-up");

    /// <summary>Makes, writes, reads and verifies it, often enough that what it takes is compiled.</summary>
    public static async Task UseAsync(IVault vault, CancellationToken cancellation)
    {
        await vault.CreateAsync(cancellation);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < AtOnce; i++)
            {
                await vault.AppendAsync(Note(round, i), cancellation);
                await vault.QueryTimelineAsync(new TimelineQuery { Limit = 1 }, cancellation);
            }
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => vault.AppendAsync(Note(round, i), cancellation)));
            await vault.GetHeadAsync(cancellation);
            var report = await vault.VerifyAsync(null, cancellation);
            if (!report.Valid)
                throw new TenantException(TenantFailure.Damaged, "The scratch vault does not verify.");
        }
    }

    /// <summary>The same on the store alone, without grains.</summary>
    public static async Task UseAsync(RedisVaults places, VaultName vault, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        await using var activation = new VaultActivation(vault, places.Create(Tenant, vault), new VaultActivationOptions(), time, log);
        await UseAsync(activation, cancellation);
    }

    private static AppendEvent Note(int round, int number) =>
        new("note", Encoding.UTF8.GetBytes($$"""{"round":{{round}},"number":{{number}},"text":"warm-up"}""")) { EmitProvara = round == 0 };
}
