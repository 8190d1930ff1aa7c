using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary>An operation that looks at the reducer's state at the log's end.</summary>
internal abstract class StateOperation(string name) : VaultOperation(name)
{
    private const int MaxBeliefs = 10_000;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var look = Prepare(context.Arguments);
        return await context.Vault.State.UseAsync(look, context.Progress, context.Cancellation);
    }

    /// <summary>Reads the arguments; what it returns looks at the state and does not hold on to it.</summary>
    protected abstract Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments);

    /// <summary>
    /// Reads <c>limit</c> and <c>after_key</c>: which page of a section is asked for. A page ends at <c>limit</c> beliefs or 4 MiB, and then the answer
    /// has <c>next_key</c>, the <c>after_key</c> of the next one; an answer without it is the last. Beliefs are in the order of their keys' bytes.
    /// </summary>
    protected static BeliefQuery Page(OperationArguments arguments, BeliefNamespace section) => new(section)
    {
        // As long as a key may be, which is as long as an event.
        After = arguments.Find("after_key") is null ? null : arguments.LongText("after_key", int.MaxValue),
        Limit = arguments.Number("limit", int.MaxValue, 1, MaxBeliefs),
        MaxBytes = Results.MaxEventBytes,
    };

    /// <summary>Writes a page of beliefs, and <c>next_key</c> where more follow.</summary>
    protected static void WritePage(Utf8JsonWriter json, string name, ReducerV0 state, BeliefQuery page)
    {
        string? next = null;
        WriteRaw(json, name, text =>
        {
            next = state.WriteBeliefs(text, page);
            // A page ends with the belief that fills it, and one alone may be too much.
            Bound(text.Length, "The evidence of one belief");
        });
        if (next is not null)
            json.WriteString("next_key", next);
    }

    /// <exception cref="TenantException">The state is too large for one answer.</exception>
    protected static void WriteWhole(ReducerV0 state, PooledBuffer output)
    {
        var size = state.MeasureState();
        if (size > Results.MaxWholeBytes)
            throw OperationArguments.Wrong(
                $"The whole state is {Mebibytes(size)} MiB, and an answer holds {Mebibytes(Results.MaxWholeBytes)}: read it a namespace at a time with get_state or get_beliefs, which have pages (limit, after_key), or see export_state for its figures.");
        state.WriteState(output);
    }

    /// <exception cref="TenantException">What has no pages is too large for one answer.</exception>
    protected static void Bound(long size, string what)
    {
        if (size > Results.MaxWholeBytes)
            throw OperationArguments.Wrong(
                $"{what} is {Mebibytes(size)} MiB, and an answer holds {Mebibytes(Results.MaxWholeBytes)}: search_events with its subject and predicate has the events in pages.");
    }

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

    private static long Mebibytes(long bytes) => (bytes + (1024 * 1024) - 1) / (1024 * 1024);
}
