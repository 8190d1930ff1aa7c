using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Protocol.Legacy.Mesh;

/// <summary>
/// Awaits Redis with an end to the wait, its failures as one exception, and what follows on a thread of the pool: the library may complete a
/// task on the thread that reads its socket.
/// </summary>
internal static class MeshCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <exception cref="MeshException">Redis did not do it, or nobody knows whether it did.</exception>
    public static async Task<T> RunAsync<T>(this RedisLink link, Func<Task<T>> command)
    {
        // The library would keep it, and carry it out when nobody expects it any more.
        if (!link.IsConnected)
            throw new MeshException("Redis is not connected.");
        try
        {
            var reply = command().WaitAsync(Patience);
            await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Yield();
            return await reply;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            throw new MeshException("Redis did not answer.", e);
        }
    }

    /// <exception cref="MeshException">Redis did not do it, or nobody knows whether it did.</exception>
    public static Task RunAsync(this RedisLink link, Func<Task> command) => link.RunAsync(async () =>
    {
        await command();
        return true;
    });
}
