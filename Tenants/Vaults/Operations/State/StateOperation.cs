using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary>An operation that looks at the reducer's state at the log's end.</summary>
internal abstract class StateOperation(string name) : VaultOperation(name)
{
    public override async Task<VaultResult> RunAsync(OperationContext context)
    {
        var look = Prepare(context.Arguments);
        return await context.Vault.State.UseAsync(look, context.Progress, context.Cancellation);
    }

    /// <summary>Reads the arguments; what it returns looks at the state and does not hold on to it.</summary>
    protected abstract Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments);

    /// <summary>Writes a member whose value the reducer writes.</summary>
    protected static void WriteRaw(Utf8JsonWriter json, string name, Action<PooledBuffer> write)
    {
        using var text = new PooledBuffer(4096);
        write(text);
        json.WritePropertyName(name);
        json.WriteRawValue(text.Written, skipInputValidation: true);
    }

    protected static BeliefNamespace? Section(OperationArguments arguments, string? otherwise)
    {
        var text = arguments.Text("namespace") ?? otherwise;
        if (text is null)
            return null;
        return BeliefNames.TryParse(text, out var section)
            ? section
            : throw OperationArguments.Wrong("namespace must be canonical, local, contested or archived.");
    }
}
