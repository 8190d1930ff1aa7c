using System.Collections.Concurrent;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Vault.Redis;
using Granary.Vault.Storage;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Redis;

/// <summary>Moves the full segments of all vaults to the archive, beside their activations: no append and no read waits for it.</summary>
/// <remarks>
/// A pass looks at every vault once, and seals what the pass before saw full: so a segment stays in Redis for <see cref="ArchivePolicy.After"/> at the least, and
/// no clock but this process' own is asked. Passes may begin anew, or run in two silos at once; each segment is sealed once.
/// </remarks>
/// <param name="vaults">Where the vaults are.</param>
/// <param name="policy">When segments leave, and what is deleted.</param>
/// <param name="isMine">Whether this process does it now: in a cluster, one of the silos.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where failures are reported.</param>
public sealed partial class ArchiveSchedule(
    RedisVaults vaults, ArchivePolicy policy, Func<bool> isMine, TimeProvider time, ILogger<ArchiveSchedule> log)
{
    // An archive answers after some milliseconds, and a silo has other things to do.
    private const int AtOnce = 8;

    private readonly ILogger _log = log;
    private readonly ConcurrentDictionary<(TenantId, VaultName), FullSegments> _seen = [];

    /// <summary>A tenant whose vaults are left out; null for none.</summary>
    public TenantId? Left { get; init; }

    /// <summary>The vaults of which nothing is deleted, however long it has waited.</summary>
    public LegalHolds Holds { get; init; } = LegalHolds.None;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            if (isMine())
                await PassAsync(stop);
            else
                _seen.Clear();
            await Task.Delay(policy.After, time, stop);
        }
    }

    /// <summary>Looks at every vault once.</summary>
    public async Task PassAsync(CancellationToken stop)
    {
        try
        {
            var pace = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop };
            await Parallel.ForEachAsync(vaults.EveryVaultAsync(Left, isMine, stop), pace, (vault, cancellation) => VisitAsync(vault.Tenant, vault.Vault, cancellation));
        }
        catch (Exception failure) when (failure is TenantException or VaultStorageException)
        {
            LogBroken(failure, failure.Message);
        }
    }

    private async ValueTask VisitAsync(TenantId tenant, VaultName vault, CancellationToken cancellation)
    {
        var sealer = vaults.Sealer(tenant, vault);
        var isSweeping = false;
        try
        {
            var found = await sealer.LookAsync(cancellation);
            var wasSeen = _seen.TryRemove((tenant, vault), out var before);
            if (found.Full != default)
                _seen[(tenant, vault)] = found.Full;
            if (found.Full != default && wasSeen)
                ArchiveMetrics.Count("sealed", await sealer.SealAsync(before, cancellation));
            isSweeping = true;
            if (found.HasLoose && policy.Keep is { } kept && !Holds.Covers(tenant, vault))
                ArchiveMetrics.Count("deleted", await sealer.SweepAsync(kept, cancellation));
        }
        // One that does not answer will not answer for the next vault either: the pass ends.
        catch (VaultStorageException failure) when (failure.Failure != VaultStorageFailure.Unavailable)
        {
            ArchiveMetrics.Count("failed", 1);
            // Credentials that may not delete are an operator's choice: nothing is wrong with what was sealed.
            if (isSweeping)
                LogKept(failure, vault.Value, tenant.Value, failure.Message);
            else
                LogFailed(failure, vault.Value, tenant.Value, failure.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Full segments of vault {Vault} of tenant {Tenant} stay in Redis for now: {Reason}")]
    private partial void LogFailed(Exception failure, string vault, string tenant, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Objects that vault {Vault} of tenant {Tenant} names no more stay in the archive for now: {Reason}")]
    private partial void LogKept(Exception failure, string vault, string tenant, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Full segments of vaults stay in Redis for now: {Reason}")]
    private partial void LogBroken(Exception failure, string reason);
}
