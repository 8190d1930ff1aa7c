namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>snapshot_belief</c> (10.1): everything the reducer knows.</summary>
internal sealed class SnapshotBeliefTool(VaultAccess access) : OperationTool(access, SnapshotState.Define(
    "snapshot_belief", "Snapshot of beliefs",
    "What a vault's events amount to: canonical, local, contested and archived beliefs, and the state hash. At most 32 MiB; get_beliefs has pages."));

/// <summary><c>snapshot_state</c> (10.1), an alias.</summary>
internal sealed class SnapshotStateTool(VaultAccess access) : OperationTool(access, SnapshotState.Define(
    "snapshot_state", "Snapshot of the state",
    "Alias of snapshot_belief: beliefs in four namespaces, and the state hash. At most 32 MiB; get_beliefs has pages."));

internal static class SnapshotState
{
    public static OperationDefinition Define(string name, string title, string description) => new(name, title, description)
    {
        Operation = "snapshot_belief",
        IsLong = true,
        Output = """
            "canonical":{"type":"object"},"local":{"type":"object"},"contested":{"type":"object"},"archived":{"type":"object"},
            "metadata":{"type":"object","properties":{"event_count":{"type":"integer"},"state_hash":{"type":"string"}},"required":["event_count","state_hash"]}
            """,
    };
}

/// <summary><c>get_state</c> (10.4): as the snapshot, or one namespace of it.</summary>
internal sealed class GetStateTool(VaultAccess access) : OperationTool(access, new(
    "get_state", "Get state",
    "A vault's beliefs, of all namespaces (at most 32 MiB) or, in pages, of one, with the state hash. snapshot_belief has the reference's exact shape.")
{
    Vault = VaultArgument.OrDefault,
    IsLong = true,
    Input = $$"""
        "namespace":{{BeliefSchema.OptionalNamespace}},{{BeliefSchema.Paging}}
        """,
    Output = $$"""
        "event_count":{"type":"integer"},"state_hash":{"type":"string"},"state":{"type":"object","description":"The namespace, or all"},
        {{BeliefSchema.NextKey}}
        """,
    Sometimes = ["next_key"],
});

/// <summary><c>get_beliefs</c> (10.4).</summary>
internal sealed class GetBeliefsTool(VaultAccess access) : OperationTool(access, new(
    "get_beliefs", "Get beliefs",
    "The beliefs of one namespace whose key, subject:predicate, contains a text. Go on with after_key = next_key while there is one.")
{
    Vault = VaultArgument.OrDefault,
    IsLong = true,
    Input = $$"""
        "namespace":{"type":"string","enum":["canonical","local","contested","archived"],"default":"canonical"},"key_pattern":{{EventSchema.Filter}},
        {{BeliefSchema.Paging}}
        """,
    Output = $$"""
        "namespace":{"type":"string"},"state_hash":{"type":"string"},"beliefs":{"type":"object","description":"By subject:predicate"},
        {{BeliefSchema.NextKey}}
        """,
    Sometimes = ["next_key"],
});

/// <summary><c>get_evidence</c> (10.4).</summary>
internal sealed class GetEvidenceTool(VaultAccess access) : OperationTool(access, new(
    "get_evidence", "Get evidence", "Every event that speaks for or against a belief, and where the belief stands.")
{
    Vault = VaultArgument.OrDefault,
    IsLong = true,
    Input = """ "belief_key_str":{"type":"string","minLength":1,"maxLength":4096,"description":"subject:predicate"} """,
    Required = ["belief_key_str"],
    Output = """
        "belief_key":{"type":"string"},"namespaces":{"type":"array","items":{"type":"string"},"description":"Where the belief stands"},
        "evidence":{"type":"object","description":"Events by the value they speak for"}
        """,
});

/// <summary><c>list_conflicts</c> (10.1).</summary>
internal sealed class ListConflictsTool(VaultAccess access) : OperationTool(access, new(
    "list_conflicts", "List conflicts",
    "Contested beliefs: those whose events contradict each other with some confidence, with the evidence for each value. Go on with after_key = next_key while there is one.")
{
    IsLong = true,
    Input = BeliefSchema.Paging,
    Output = $$"""
        "conflicts":{"type":"object","description":"By belief key, subject:predicate"},{{BeliefSchema.NextKey}}
        """,
    Sometimes = ["next_key"],
});

/// <summary><c>export_state</c> (10.3): the figures of the state.</summary>
internal sealed class ExportStateTool(VaultAccess access) : OperationTool(access, new(
    "export_state", "Export state", "How many events a vault has, its state hash, and how many beliefs each namespace holds.")
{
    Vault = VaultArgument.Path,
    IsLong = true,
    Output = """ "event_count":{"type":"integer"},"state_hash":{"type":"string"},"canonical":{"type":"integer"},"local":{"type":"integer"},"contested":{"type":"integer"},"archived":{"type":"integer"} """,
});

internal static class BeliefSchema
{
    public const string OptionalNamespace = """{"type":"string","enum":["canonical","local","contested","archived"]}""";

    public const string Paging = """
        "limit":{"type":"integer","minimum":1,"maximum":10000,"description":"At most so many beliefs; left out, as many as fit one answer: 4 MiB"},
        "after_key":{"type":"string","minLength":1,"description":"next_key of the page before"}
        """;

    public const string NextKey = """
        "next_key":{"type":"string","description":"after_key of the next page; not there at the end"}
        """;
}
