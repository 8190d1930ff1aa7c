using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary>
/// <c>snapshot_belief</c>, also <c>snapshot_state</c>: the whole state as the reference exports it, <c>metadata.state_hash</c> included. It has no
/// pages, so one that is too large for an answer is refused.
/// </summary>
internal sealed class SnapshotBelief(string name) : StateOperation(name)
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments) => static state =>
    {
        using var text = new PooledBuffer(64 * 1024);
        WriteWhole(state, text);
        return new VaultResult(text.Written.ToArray());
    };
}

/// <summary>
/// <c>get_state</c>: <c>namespace</c> to <c>{event_count, state_hash, state}</c>; <c>state</c> is the one section, or the whole state. One section
/// goes in pages: see <see cref="StateOperation.Page"/>.
/// </summary>
internal sealed class GetState() : StateOperation("get_state")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments)
    {
        if (Section(arguments, otherwise: null) is not { } section)
        {
            return arguments.Find("limit") is null && arguments.Find("after_key") is null
                ? Whole
                : throw OperationArguments.Wrong("limit and after_key are for the pages of one namespace: give namespace as well.");
        }
        var page = Page(arguments, section);
        return state => Results.Object(json =>
        {
            json.WriteNumber("event_count", state.EventCount);
            json.WriteString("state_hash", state.StateHash());
            WritePage(json, "state", state, page);
        });
    }

    private static VaultResult Whole(ReducerV0 state) => Results.Object(json =>
    {
        json.WriteNumber("event_count", state.EventCount);
        json.WriteString("state_hash", state.StateHash());
        WriteRaw(json, "state", text => WriteWhole(state, text));
    });
}

/// <summary>
/// <c>get_beliefs</c>: <c>namespace</c> (<c>canonical</c>), <c>key_pattern</c> to <c>{namespace, state_hash, beliefs}</c>; only keys that contain the
/// pattern. In pages: see <see cref="StateOperation.Page"/>.
/// </summary>
internal sealed class GetBeliefs() : StateOperation("get_beliefs")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments)
    {
        var section = Section(arguments, "canonical")!.Value;
        var page = Page(arguments, section) with { KeyPattern = arguments.Text("key_pattern") };
        return state => Results.Object(json =>
        {
            json.WriteString("namespace", BeliefNames.Of(section));
            json.WriteString("state_hash", state.StateHash());
            WritePage(json, "beliefs", state, page);
        });
    }
}

/// <summary><c>get_evidence</c>: <c>belief_key_str</c> (<c>subject:predicate</c>) to <c>{belief_key, namespaces, evidence}</c>, evidence by value.</summary>
internal sealed class GetEvidence() : StateOperation("get_evidence")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments)
    {
        var key = arguments.Required("belief_key_str");
        return state =>
        {
            using var evidence = new PooledBuffer(4096);
            if (!state.TryWriteEvidence(evidence, key))
                throw new TenantException(TenantFailure.NotFound, $"There is no belief \"{key}\"; its key is the subject, a colon and the predicate.");
            Bound(evidence.Length, "The belief's evidence");
            return Results.Object(json =>
            {
                json.WriteString("belief_key", key);
                json.WriteStartArray("namespaces");
                foreach (var section in state.SectionsOf(key))
                    json.WriteStringValue(BeliefNames.Of(section));
                json.WriteEndArray();
                json.WritePropertyName("evidence");
                json.WriteRawValue(evidence.Written, skipInputValidation: true);
            });
        };
    }
}

/// <summary><c>list_conflicts</c> to <c>{conflicts}</c>: the contested beliefs. In pages: see <see cref="StateOperation.Page"/>.</summary>
internal sealed class ListConflicts() : StateOperation("list_conflicts")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments)
    {
        var page = Page(arguments, BeliefNamespace.Contested);
        return state => Results.Object(json => WritePage(json, "conflicts", state, page));
    }
}

/// <summary>
/// <c>export_state</c> to <c>{event_count, state_hash, canonical, local, contested, archived, poisoned}</c>: how many beliefs each section holds.
/// </summary>
internal sealed class ExportState() : StateOperation("export_state")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments) => static state =>
    {
        var counts = state.CountBeliefs();
        return Results.Object(json =>
        {
            json.WriteNumber("event_count", state.EventCount);
            json.WriteString("state_hash", state.StateHash());
            json.WriteNumber("canonical", counts.Canonical);
            json.WriteNumber("local", counts.Local);
            json.WriteNumber("contested", counts.Contested);
            json.WriteNumber("archived", counts.Archived);
            json.WriteNumber("poisoned", state.Poisoned);
        });
    };
}
