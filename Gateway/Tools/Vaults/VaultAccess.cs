using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>What every vault tool needs of the gateway: the tenants, and the vault that is meant where none is named.</summary>
internal sealed class VaultAccess(ITenants tenants, GatewayOptions options)
{
    public ITenants Tenants => tenants;

    /// <summary>The vault that a call is about; null with a sentence where its argument names none.</summary>
    /// <exception cref="Protocol.Messages.RpcException">The caller may not do this to that vault.</exception>
    public (IVault Vault, VaultName Name)? Find(ToolCall call, VaultArgument argument, CallTarget target, out string? problem)
    {
        if (!argument.TryRead(call.Arguments, options.DefaultVault, out var name, out problem))
            return null;
        call.Facts.AddVault(name.Value);
        call.Require(target with { Vault = name.Value });
        return (call.VaultOf(tenants, name, target), name);
    }

    /// <summary>The vault's name that an argument gives.</summary>
    public static VaultName? Read(ToolCall call, string argument, out string? problem)
    {
        var text = call.Arguments.TryGetProperty(argument, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return VaultArgument.TryRead(argument, text, out var name, out problem) ? name : null;
    }

    /// <summary>
    /// A missing vault in the words that clients of the older server look for, then what to do about it. What else can be missing, an event for
    /// example, is missing from a vault that is there.
    /// </summary>
    public static async ValueTask<ToolResult> NotFoundAsync(IVault vault, VaultName name, TenantException failure, CancellationToken cancellation)
    {
        try
        {
            await vault.GetHeadAsync(cancellation);
            return TenantFailures.ToResult(failure);
        }
        catch (TenantException missing) when (missing.Failure == TenantFailure.NotFound)
        {
            return TenantFailures.ToResult(new TenantException(TenantFailure.NotFound, $"vault_path is not a directory: {name}. {missing.Message}"));
        }
    }
}
