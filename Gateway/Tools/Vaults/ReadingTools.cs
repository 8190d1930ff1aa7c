namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>vault_status</c>, of hunt-mcp (specification, 10.4).</summary>
internal sealed class VaultStatusTool(VaultAccess access) : OperationTool(access, new(
    "vault_status", "Vault status", "What a vault is and holds: format, key, number of events, actors, event types and the last event of each actor.")
{
    Vault = VaultArgument.OrDefault,
    Output = StatusSchema.Members,
});

/// <summary><c>get_vault_status</c>, of the console script (10.2): the same, with the vault's name.</summary>
internal sealed class GetVaultStatusTool(VaultAccess access) : OperationTool(access, new(
    "get_vault_status", "Vault status", "What a vault is and holds: format, key, number of events, actors, event types and the last event of each actor.")
{
    TellsVault = true,
    Output = StatusSchema.Members,
});

internal static class StatusSchema
{
    public const string Members = """
        "format":{"type":"string"},"event_count":{"type":"integer"},"head":{"type":"string"},"key_id":{"type":"string"},"actor_count":{"type":"integer"},
        "actors":{"type":"object","additionalProperties":{"type":"integer"},"description":"Events by actor; of more than 1000, those with the most"},
        "event_types":{"type":"object","additionalProperties":{"type":"integer"},"description":"Events by type; of more than 1000, those with the most"},
        "event_type_count":{"type":"integer"},
        "chain_heads":{"type":"object","description":"The id of each listed actor's last event"}
        """;
}

/// <summary><c>get_event</c> (10.4).</summary>
internal sealed class GetEventTool(VaultAccess access) : OperationTool(access, new(
    "get_event", "Get event", "One event of a vault by its id, as it is stored, and its position.")
{
    Vault = VaultArgument.OrDefault,
    Input = EventSchema.Id,
    Required = ["event_id"],
    Output = """ "event":{"type":"object"},"position":{"type":"integer","minimum":0} """,
});

/// <summary><c>list_events</c> (10.4).</summary>
internal sealed class ListEventsTool(VaultAccess access) : OperationTool(access, new(
    "list_events", "List events",
    "A page of a vault's events, oldest first, filtered by type, actor and namespace. Go on with offset = next_offset until it is null.")
{
    Vault = VaultArgument.OrDefault,
    Input = $$"""
        "event_type":{{EventSchema.Filter}},"actor":{{EventSchema.Filter}},"namespace":{{EventSchema.Filter}},
        {{EventSchema.Paging}}
        """,
    Output = EventSchema.Page,
});

/// <summary><c>query_events</c> (10.2). All filters hold together, as its description always said.</summary>
internal sealed class QueryEventsTool(VaultAccess access) : OperationTool(access, new(
    "query_events", "Query events",
    "A vault's events, oldest first, filtered by actor, type and time. Filters are combined with AND. Go on with offset = next_offset until it is null.")
{
    Input = $$"""
        "actor":{{EventSchema.FilterOrNull}},"event_type":{{EventSchema.FilterOrNull}},
        "after":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"description":"ISO 8601, inclusive; UTC where no offset is given"},
        "before":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"description":"ISO 8601, inclusive; UTC where no offset is given"},
        "limit":{"type":"integer","minimum":1,"maximum":10000,"description":"Left out, as many as fit one answer: 10000, or 4 MiB"},
        "offset":{"type":"integer","minimum":0,"maximum":2147483647,"default":0}
        """,
    Output = EventSchema.Page,
});

/// <summary><c>search_events</c> (10.4): substrings as it always had them, and words in the whole of an event, ranked.</summary>
internal sealed class SearchEventsTool(VaultAccess access) : OperationTool(access, new(
    "search_events", "Search events",
    "Full-text search with query, the best events first; go on with cursor = next_cursor. Or, with subject, predicate and value: events whose belief contains a text.")
{
    Vault = VaultArgument.OrDefault,
    Input = $$"""
        "query":{"type":"string","maxLength":4096,"description":"Words that must all be there, \"a phrase\", begin*, -without, this OR that; case and accents do not matter"},
        "event_type":{{EventSchema.Filter}},"actor":{{EventSchema.Filter}},"namespace":{{EventSchema.Filter}},
        "after":{"type":"string","description":"ISO 8601, inclusive; UTC where no offset is given"},
        "before":{"type":"string","description":"ISO 8601, inclusive; UTC where no offset is given"},
        "subject":{{EventSchema.Filter}},"predicate":{{EventSchema.Filter}},"value":{{EventSchema.Filter}},
        {{EventSchema.Paging}},
        "cursor":{"type":"string","maxLength":64,"description":"next_cursor of the page before; only with query"}
        """,
    Output = $$"""
        {{EventSchema.Page}},
        "total_relation":{"type":"string","enum":["eq","gte"],"description":"With query: whether total is exact, or a common word has more matches, of which the newest are ranked"},
        "hits":{"type":"array","items":{"type":"object","properties":{
          "event_id":{"anyOf":[{"type":"string"},{"type":"null"}]},"position":{"type":"integer"},"score":{"type":"number"},"snippet":{"type":"string"} } },
          "description":"With query: where and how well each of events matches"},
        "next_cursor":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"With query: where the next page starts; null at the end"}
        """,
    Sometimes = ["next_offset", "total_relation", "hits", "next_cursor"],
    IsLong = true,
});

internal static class EventSchema
{
    public const string Id =
        """ "event_id":{"type":"string","minLength":1,"maxLength":128,"description":"For example evt_… of a Backpack vault, or the id of a PSMC event"} """;

    public const string Filter = """{"type":"string","maxLength":4096}""";

    /// <summary>As the older server has it, whose clients send null.</summary>
    public const string FilterOrNull = """{"anyOf":[{"type":"string","maxLength":4096},{"type":"null"}],"default":null}""";

    public const string Paging = """
        "limit":{"type":"integer","minimum":1,"maximum":1000,"default":50},"offset":{"type":"integer","minimum":0,"maximum":2147483647,"default":0}
        """;

    public const string Page = """
        "events":{"type":"array","items":{"type":"object"} },"count":{"type":"integer"},"total":{"type":"integer","description":"How many match"},
        "next_offset":{"anyOf":[{"type":"integer"},{"type":"null"}],"description":"Where the next page starts; null at the end"}
        """;
}
