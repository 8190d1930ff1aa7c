using System.Text.Json;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Tenants.Vaults.Operations.Proofs;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting;

/// <summary>Has every vault that has grown stamped by every authority, once in a while.</summary>
/// <remarks>
/// (1) Each authority has a loop of its own: one that is slow or fails holds up nobody else's stamps, and no append ever waits for one. (2) A loop passes over all
/// vaults; the vault's activation decides whether there is something to stamp, so passes may begin anew, or run twice at once, and no head is stamped twice.
/// (3) Where an authority fails, the pass waits, longer each time, and asks again for the same vault; after some times it goes on with the next, because it may
/// be this hash that is refused.
/// </remarks>
/// <param name="plan">Who is asked, and how often.</param>
/// <param name="stores">Where the vaults are.</param>
/// <param name="vaults">Names a vault.</param>
/// <param name="isMine">Whether this process does it now: in a cluster, one of the silos.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where failures are reported.</param>
public sealed partial class AnchorSchedule(
    AnchorPlan plan, IVaultStores stores, Func<TenantId, VaultName, IVault> vaults, Func<bool> isMine, TimeProvider time, ILogger log)
{
    private const int TriesForOne = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = log;

    /// <summary>A tenant whose vaults are left out; null for none.</summary>
    public TenantId? Left { get; init; }

    /// <summary>Runs until it is cancelled.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(plan.Authorities.Select(authority => KeepAsync(authority.Authority, stop)));

    private async Task KeepAsync(string authority, CancellationToken stop)
    {
        var pace = new Pace();
        while (true)
        {
            var begin = time.GetUtcNow();
            if (isMine() && await PassAsync(authority, pace, stop))
                await Task.Delay(Max(plan.Every - (time.GetUtcNow() - begin), TimeSpan.FromSeconds(1)), time, stop);
            else
                await Task.Delay(LookAgain, time, stop);
        }
    }

    /// <returns>False where it did not come to the end: what was not looked at is due now.</returns>
    private async Task<bool> PassAsync(string authority, Pace pace, CancellationToken stop)
    {
        try
        {
            await foreach (var (tenant, vault) in stores.EveryVaultAsync(Left, isMine, stop))
                await AnchorAsync(tenant, vault, authority, pace, stop);
            return isMine();
        }
        catch (TenantException failure)
        {
            LogUnlisted(failure, authority);
            return false;
        }
    }

    private async Task AnchorAsync(TenantId tenant, VaultName vault, string authority, Pace pace, CancellationToken stop)
    {
        for (var tries = 1; await TryAsync(tenant, vault, authority, stop) is { } reason; tries++)
        {
            var pause = pace.Failed();
            LogFailed(authority, vault.Value, tenant.Value, reason, (long)pause.TotalSeconds);
            await Task.Delay(pause, time, stop);
            if (tries == TriesForOne || !isMine())
                return;
        }
        pace.Succeeded();
    }

    /// <returns>Why the authority failed; null where it did not, or where the vault did, which is another matter.</returns>
    private async Task<string?> TryAsync(TenantId tenant, VaultName vault, string authority, CancellationToken stop)
    {
        try
        {
            var call = new VaultCall("anchor_head", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["authority"] = authority }));
            using var answer = JsonDocument.Parse((await vaults(tenant, vault).RunAsync(call, null, stop)).Json);
            return answer.RootElement.GetProperty("state").GetString() == AnchorHead.Failed ? answer.RootElement.GetProperty("reason").GetString() ?? "" : null;
        }
        catch (TenantException failure)
        {
            LogSkipped(failure, vault.Value, tenant.Value);
            return null;
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>How long an authority is left alone after a failure: twice as long each time, until it answers again.</summary>
    private sealed class Pace
    {
        private TimeSpan _next = FirstPause;

        public TimeSpan Failed()
        {
            var pause = _next;
            _next = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            return pause;
        }

        public void Succeeded() => _next = FirstPause;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Authority} did not stamp vault {Vault} of tenant {Tenant}, and is asked again in {Seconds} s: {Reason}")]
    private partial void LogFailed(string authority, string vault, string tenant, string reason, long seconds);

    [LoggerMessage(2, LogLevel.Warning, "Vaults cannot be listed to have them stamped by {Authority} now")]
    private partial void LogUnlisted(Exception failure, string authority);

    [LoggerMessage(3, LogLevel.Warning, "Vault {Vault} of tenant {Tenant} could not be looked at to have it stamped")]
    private partial void LogSkipped(Exception failure, string vault, string tenant);
}
