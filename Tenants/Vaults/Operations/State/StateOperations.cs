using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary><c>snapshot_belief</c>, also <c>snapshot_state</c>: the whole state as the reference exports it, <c>metadata.state_hash</c> included.</summary>
internal sealed class SnapshotBelief(string name) : StateOperation(name)
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments) => static state =>
    {
        using var text = new PooledBuffer(64 * 1024);
        state.WriteState(text);
        return new VaultResult(text.Written.ToArray());
    };
}

/// <summary><c>get_state</c>: <c>namespace</c> to <c>{event_count, state_hash, state}</c>; <c>state</c> is the one section, or the whole state.</summary>
internal sealed class GetState() : StateOperation("get_state")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments)
    {
        var section = Section(arguments, otherwise: null);
        return state => Results.Object(json =>
        {
            json.WriteNumber("event_count", state.EventCount);
            json.WriteString("state_hash", state.StateHash());
            WriteRaw(json, "state", text =>
            {
                if (section is { } one)
                    state.WriteBeliefs(text, one);
                else
                    state.WriteState(text);
            });
        });
    }
}

/// <summary><c>get_beliefs</c>: <c>namespace</c> (<c>canonical</c>), <c>key_pattern</c> to <c>{namespace, state_hash, beliefs}</c>; only keys that contain the pattern.</summary>
internal sealed class GetBeliefs() : StateOperation("get_beliefs")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments)
    {
        var section = Section(arguments, "canonical")!.Value;
        var pattern = arguments.Text("key_pattern");
        return state => Results.Object(json =>
        {
            json.WriteString("namespace", BeliefNames.Of(section));
            json.WriteString("state_hash", state.StateHash());
            WriteRaw(json, "beliefs", text => state.WriteBeliefs(text, section, pattern));
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

/// <summary><c>list_conflicts</c> to <c>{conflicts}</c>: the contested beliefs.</summary>
internal sealed class ListConflicts() : StateOperation("list_conflicts")
{
    protected override Func<ReducerV0, VaultResult> Prepare(OperationArguments arguments) => static state =>
        Results.Object(json => WriteRaw(json, "conflicts", text => state.WriteBeliefs(text, BeliefNamespace.Contested)));
}

/// <summary><c>export_state</c> to <c>{event_count, state_hash, canonical, local, contested, archived, poisoned}</c>: how many beliefs each section holds.</summary>
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
