using System.Diagnostics.Metrics;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Protocol.Messages;
using Granary.Tenants;

namespace Granary.Gateway.Protocol.Http;

/// <summary>Bounds how many event streams a key and a tenant may have open here, and ends them: with the client, with the key, with the gateway.</summary>
internal sealed class OpenStreams(GatewayOptions options, GatewayState state, Refusals refusals, IMeterFactory meters)
{
    private const string RetryAfterSeconds = "5";

    private readonly UpDownCounter<long> _open = meters.Create("Granary.Gateway").CreateUpDownCounter<long>(
        "granary.streams", "{stream}", "Event streams that are open.");
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, int> _tenants = [];
    private readonly Dictionary<(TenantId, string), int> _keys = [];

    /// <summary>Takes a place for a stream until it is disposed.</summary>
    /// <param name="context">The request that the stream answers.</param>
    /// <param name="caller">Whose stream it is.</param>
    /// <param name="also">One more reason for the stream to end.</param>
    /// <exception cref="RpcException">The key or its tenant has as many open as it may: 429.</exception>
    public OpenStream Enter(HttpContext context, Principal caller, CancellationToken also = default)
    {
        var key = (caller.Tenant, caller.Name);
        lock (_lock)
        {
            var (ofTenant, ofKey) = (_tenants.GetValueOrDefault(caller.Tenant), _keys.GetValueOrDefault(key));
            if (ofKey >= options.MaxStreamsPerKey)
                throw TooMany(context, caller, $"This key has {options.MaxStreamsPerKey} event streams open already", "streams of the key");
            if (ofTenant >= options.MaxStreamsPerTenant)
                throw TooMany(context, caller, $"This tenant has {options.MaxStreamsPerTenant} event streams open already", "streams of the tenant");
            (_tenants[caller.Tenant], _keys[key]) = (ofTenant + 1, ofKey + 1);
        }
        _open.Add(1);
        // The connection ends with the stream: a client that is shut out sees it at once.
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return new OpenStream(this, caller, CancellationTokenSource.CreateLinkedTokenSource([context.RequestAborted, state.Stopping, caller.Revoked, also]));
    }

    internal void Leave(Principal caller)
    {
        _open.Add(-1);
        lock (_lock)
        {
            Decrement(_tenants, caller.Tenant);
            Decrement(_keys, (caller.Tenant, caller.Name));
        }
    }

    private static void Decrement<T>(Dictionary<T, int> counts, T key)
        where T : notnull
    {
        if (--counts[key] == 0)
            counts.Remove(key);
    }

    private RpcException TooMany(HttpContext context, Principal caller, string sentence, string rule)
    {
        refusals.Record(context, StatusCodes.Status429TooManyRequests, rule, caller.Name);
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return RpcException.InvalidRequest($"{sentence}; close one, or try again in {RetryAfterSeconds} seconds.", StatusCodes.Status429TooManyRequests);
    }
}

/// <summary>An event stream's place among its key's and its tenant's.</summary>
internal sealed class OpenStream(OpenStreams streams, Principal caller, CancellationTokenSource ended) : IDisposable
{
    /// <summary>Cancelled when the stream must end.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>Ends the stream from here.</summary>
    public void End() => ended.Cancel();

    public void Dispose()
    {
        streams.Leave(caller);
        ended.Dispose();
    }
}
