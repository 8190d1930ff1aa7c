using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Granary.Gateway.Configuration;
using Granary.Tenants;

namespace Granary.Gateway.Tools;

/// <summary>Bounds how many calls of one tenant run at once, so that no tenant takes the gateway from the others (rule X1).</summary>
internal sealed class TenantAdmission(GatewayOptions options)
{
    private readonly ConcurrentDictionary<TenantId, Places> _running = new();

    /// <summary>What a tenant over its bound is told.</summary>
    public ToolResult Busy { get; } = TenantFailures.ToResult(new TenantException(
        TenantFailure.Busy, $"Busy: this tenant has {options.MaxCallsPerTenant} calls under way already; try again in a second.", TimeSpan.FromSeconds(1)));

    /// <summary>Takes a place, given back when it is disposed.</summary>
    public bool TryEnter(TenantId tenant, [NotNullWhen(true)] out IDisposable? place)
    {
        var running = _running.GetOrAdd(tenant, static _ => new Places());
        if (running.TryEnter(options.MaxCallsPerTenant))
        {
            place = running;
            return true;
        }
        place = null;
        return false;
    }

    /// <summary>A counter whose disposal gives one place back, so that a call allocates nothing for it.</summary>
    private sealed class Places : IDisposable
    {
        private int _count;

        public bool TryEnter(int max)
        {
            if (Interlocked.Increment(ref _count) <= max)
                return true;
            Interlocked.Decrement(ref _count);
            return false;
        }

        public void Dispose() => Interlocked.Decrement(ref _count);
    }
}
