using System.Diagnostics;
using Granary.Instana;
using Granary.Instana.Operations;

namespace Granary.Tenants;

/// <summary>
/// The spans of calls, and what they say: whose call, of what, on what. Names only: no argument, no event, no credential. Where nobody collects spans,
/// none is made and nothing here costs more than a look.
/// </summary>
public static class CallTrace
{
    /// <summary>The tenant.</summary>
    public const string Tenant = "granary.tenant";

    /// <summary>The tool that was called.</summary>
    public const string Tool = "granary.tool";

    /// <summary>What is done to the vault, or at the backend.</summary>
    public const string Operation = "granary.operation";

    /// <summary>The vault.</summary>
    public const string Vault = "granary.vault";

    /// <summary>How many appends one commit holds.</summary>
    public const string Batch = "granary.batch";

    /// <summary>Where the spans come from.</summary>
    public static ActivitySource Source { get; } = new("Granary.Calls");

    /// <summary>Whether somebody collects spans.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>The span that is under way, where it is kept.</summary>
    public static Activity? Current => IsOn && Activity.Current is { Recorded: true } span ? span : null;

    /// <summary>Begins a span of work on a vault.</summary>
    public static Activity? StartVault(TenantId tenant, VaultName vault, string operation)
    {
        if (!IsOn || Source.StartActivity($"vault {operation}") is not { } span)
            return null;
        return span.SetTag(Tenant, tenant.Value).SetTag(Vault, vault.Value).SetTag(Operation, operation);
    }

    /// <summary>Begins a span of an operation at a backend.</summary>
    public static Activity? StartInstana(TenantId tenant, InstanaCall call)
    {
        if (!IsOn || Source.StartActivity($"instana {call.Tool}") is not { } span)
            return null;
        return span.SetTag(Tenant, tenant.Value).SetTag(Tool, call.Tool).SetTag(Operation, InstanaTools.Find(call)?.Name);
    }
}
