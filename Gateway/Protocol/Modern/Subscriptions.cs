using System.Collections.Concurrent;
using Granary.Gateway.Access;
using Granary.Gateway.Changes;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources;

namespace Granary.Gateway.Protocol.Modern;

/// <summary>The <c>subscriptions/listen</c> requests of one two-way connection: each runs until the client cancels it or the connection ends.</summary>
internal sealed class Subscriptions(Principal caller, IMessageSink sink, ResourceWatch watch, ResourceCatalog resources)
{
    private const int MaxOpen = 100;

    private readonly ConcurrentDictionary<string, Running> _open = new(StringComparer.Ordinal);

    /// <exception cref="RpcException">The request is not one, or there are too many.</exception>
    public void Start(Envelope envelope)
    {
        var subscription = Subscription.Open(envelope, caller, watch, resources);
        var running = new Running();
        if (_open.Count >= MaxOpen || !_open.TryAdd(envelope.IdText, running))
        {
            subscription.Dispose();
            throw RpcException.InvalidRequest($"A connection listens at most {MaxOpen} times at once, each time with an id of its own.").WithId(envelope);
        }
        running.Done = RunAsync(envelope.IdText, subscription, running);
    }

    /// <summary>The client no longer listens. False when the id is not that of a subscription.</summary>
    public bool Cancel(string id)
    {
        if (!_open.TryGetValue(id, out var running))
            return false;
        running.CancelledByClient = true;
        running.Stop.Cancel();
        return true;
    }

    /// <summary>Ends all of them in order (rule L4).</summary>
    public async Task CloseAsync()
    {
        foreach (var running in _open.Values.ToList())
        {
            await running.Stop.CancelAsync();
            await running.Done;
        }
    }

    private async Task RunAsync(string id, Subscription subscription, Running running)
    {
        using (subscription)
        {
            await sink.SendAsync(subscription.Acknowledgement);
            try
            {
                await foreach (var change in subscription.Listener.ReadAllAsync(running.Stop.Token))
                    await sink.SendAsync(subscription.Message(change));
            }
            catch (OperationCanceledException)
            {
                // One side wants no more.
            }
            _open.TryRemove(id, out _);
            if (running.CancelledByClient)
                return;
            foreach (var message in subscription.Completion("The server is stopping; listen again."))
                await sink.SendAsync(message);
        }
    }

    private sealed class Running
    {
        public CancellationTokenSource Stop { get; } = new();

        public bool CancelledByClient { get; set; }

        public Task Done { get; set; } = Task.CompletedTask;
    }
}
