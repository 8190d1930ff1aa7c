using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Granary.Silo.Membership;

/// <summary>Finds silos whose process is gone, by what proves it, instead of guessing from silence.</summary>
/// <remarks>
/// (1) A process that dies closes its connections, so the end of one is a reason to look at every silo to which none of ours is open. One of those in turn is looked at now and
/// then, for ends that proved nothing; so looking costs a silo the same in a cluster of any size.
/// (2) Looking is to connect: where the machine answers that nothing listens there any more, again and again, the process is gone. A dying process closes what it has open
/// one after the other, and its port may be the last; a connection made until then ends with it, so one that is accepted is kept for a moment. Anything else, an answer that
/// does not come above all, proves nothing and is left to the probes of membership. (3) A silo that is stopping closes its port by itself and is given time to say goodbye.
/// (4) Membership declares the silo dead, and calls leave it at once. If the proof ever were wrong, the silo would end itself and start again; the log is fenced.
/// </remarks>
internal sealed partial class PeerWatch(
    IClusterMembershipService membership, ILocalSiloDetails self, PeerConnections connections, TimeProvider time, ILogger<PeerWatch> log) : BackgroundService
{
    private const int Refusals = 3;
    private const int RefusalsWhileStopping = 20;
    private const int Looks = 40;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ILogger<PeerWatch> _log = log;
    private readonly ConcurrentDictionary<SiloAddress, bool> _lookingAt = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var ended = true;
        for (var turn = 0; !stoppingToken.IsCancellationRequested; turn++)
        {
            var apart = Apart();
            if (!ended && apart.Count > 0)
                apart = [apart[turn % apart.Count]];
            foreach (var silo in apart.Where(silo => _lookingAt.TryAdd(silo, true)))
                _ = LookAsync(silo, stoppingToken);
            ended = await connections.WaitForEndAsync(Sweep, time, stoppingToken);
        }
    }

    /// <summary>The other silos to which no connection of ours is open, always in the same order.</summary>
    private List<SiloAddress> Apart() =>
    [
        .. from member in membership.CurrentSnapshot.Members
           where !member.Key.Equals(self.SiloAddress) && CanBeGone(member.Value.Status) && !connections.IsOpen(member.Key.Endpoint)
           orderby member.Key
           select member.Key,
    ];

    private static bool CanBeGone(SiloStatus status) => status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    private async Task LookAsync(SiloAddress silo, CancellationToken cancellation)
    {
        try
        {
            for (int looks = 0, refusals = 0; looks < Looks; looks++, await Task.Delay(Pause, time, cancellation))
            {
                var found = await ConnectAsync(silo.Endpoint, cancellation);
                var status = membership.CurrentSnapshot.GetSiloStatus(silo);
                if (found == Found.Nothing || !CanBeGone(status))
                    return;
                refusals = found == Found.Refusal ? refusals + 1 : 0;
                if (refusals < (status == SiloStatus.Active ? Refusals : RefusalsWhileStopping))
                    continue;
                LogGone(silo);
                await membership.TryKill(silo);
                return;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The table cannot be written now; the next sweep looks again.
            LogUntold(failure, silo);
        }
        catch (OperationCanceledException)
        {
            // This silo stops.
        }
        finally
        {
            _lookingAt.TryRemove(silo, out _);
        }
    }

    private async Task<Found> ConnectAsync(IPEndPoint peer, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        using var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(peer, limit.Token);
            return await socket.ReceiveAsync(new byte[1], limit.Token) == 0 ? Found.End : Found.Nothing;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => Found.Refusal,
                SocketError.ConnectionReset => Found.End,
                _ => Found.Nothing,
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Found.Nothing;
        }
    }

    /// <summary>What connecting to a silo's port came to.</summary>
    private enum Found
    {
        /// <summary>Nothing that proves anything.</summary>
        Nothing,

        /// <summary>A connection that ended at once: look again.</summary>
        End,

        /// <summary>The machine says that nothing listens there.</summary>
        Refusal,
    }

    [LoggerMessage(1, LogLevel.Warning, "The process of silo {Silo} is gone: nothing listens on its port any more")]
    private partial void LogGone(SiloAddress silo);

    [LoggerMessage(2, LogLevel.Warning, "Silo {Silo} is gone and could not be declared dead yet")]
    private partial void LogUntold(Exception failure, SiloAddress silo);
}
