namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>append_observation</c> (specification, 10.4).</summary>
internal sealed class AppendObservationTool(VaultAccess access) : OperationTool(access, Statement.Define(
    "append_observation", "Append observation",
    "Record what was seen in a Backpack vault: subject, predicate, value. It is signed, and the reducer weighs it.",
    "OBSERVATION", "0.5"));

/// <summary><c>append_assertion</c> (10.4): weighs less, for nobody saw it.</summary>
internal sealed class AppendAssertionTool(VaultAccess access) : OperationTool(access, Statement.Define(
    "append_assertion", "Append assertion",
    "Record what is claimed or concluded in a Backpack vault: subject, predicate, value. It is signed, and the reducer weighs it.",
    "ASSERTION", "0.35"));

internal static class Statement
{
    public static OperationDefinition Define(
        string name, string title, string description, string eventType, string confidence) => new(name, title, description)
    {
        Operation = "append_belief",
        Vault = VaultArgument.OrDefault,
        Effect = ToolEffect.Adds,
        Input = $$"""
            "subject":{"type":"string","minLength":1,"maxLength":1024},"predicate":{"type":"string","minLength":1,"maxLength":1024},
            "value":{"anyOf":[{"type":"string"},{"type":"number"},{"type":"boolean"},{"type":"object"},{"type":"array","items":{"type":"string"} },{"type":"null"}],
              "description":"A string, as a rule; any JSON value is taken"},
            "confidence":{"type":"number","minimum":0,"maximum":1,"default":{{confidence}}},
            "namespace":{"type":"string","enum":["canonical","local","contested","archived"],"default":"local"},
            "actor":{"type":"string","minLength":1,"maxLength":256,"default":"mcp_client"}
            """,
        Required = ["subject", "predicate", "value"],
        Keeps = ["value", "confidence"],
        TakesAny = ["value"],
        Defaults = [("event_type", $"\"{eventType}\""), ("confidence", confidence), ("namespace", "\"local\""), ("actor", "\"mcp_client\"")],
        Output = """
            "success":{"type":"boolean"},"event_id":{"type":"string"},"event_type":{"type":"string"},
            "belief_key":{"type":"string","description":"subject:predicate"},"new_event_count":{"type":"integer"},"new_state_hash":{"type":"string"},
            "belief_status":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"The namespace the belief is in now; null where it is in none"},
            "event_hash":{"type":"string"},"position":{"type":"integer"},"replayed":{"type":"boolean"}
            """,
    };
}
