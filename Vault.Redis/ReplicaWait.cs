using System.Net;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>Writes to one key's node and waits until replicas have the write, as <c>WAIT</c> does it.</summary>
/// <param name="link">The connection.</param>
/// <param name="key">A key in the slot that is written to.</param>
/// <param name="replicas">How many of them.</param>
/// <param name="timeout">How long to wait for them.</param>
internal sealed class ReplicaWait(RedisLink link, RedisKey key, int replicas, TimeSpan timeout)
{
    private EndPoint? _node;

    /// <summary>
    /// Writes, and asks how many replicas have it. <c>WAIT</c> has no key that would lead it to the vault's node, and any other node confirms at once
    /// what it was never told; so it goes to that node by name, right behind the write on the same connection. A vault that has moved meanwhile
    /// has been confirmed by nobody.
    /// </summary>
    /// <returns>How many replicas have the write.</returns>
    public async Task<long> ConfirmedAsync(Func<Task> write)
    {
        var node = _node ?? await NodeAsync();
        // Asked for again should anything go wrong: the node may be gone.
        _node = null;
        var writing = write();
        var waiting = link.Server(node).ExecuteAsync("WAIT", replicas, (long)timeout.TotalMilliseconds);
        var asking = NodeAsync();
        await Task.WhenAll(writing, waiting, asking);
        _node = await asking;
        return node.Equals(_node) ? (long)await waiting : 0;
    }

    private async Task<EndPoint> NodeAsync() =>
        await link.Database.IdentifyEndpointAsync(key, CommandFlags.DemandMaster)
        ?? throw new RedisConnectionException(ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.DemandMaster, "No node has the vault now.");
}
