using static Granary.Vault.Verification.Reports.ReferenceCheckers;

using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Psmc;

/// <summary>What a PSMC vault must hold to, by the names the verifier of that format uses, and what <c>verify_chain</c> of the reference looks at.</summary>
internal static class PsmcRules
{
    public static readonly Rule Duplicate = Rule.Error("event.duplicate_id", number: "E007");
    public static readonly Rule NotTrusted = Rule.Error("key.trust", number: "E204");

    /// <summary>The checks, in the order of a report.</summary>
    public static readonly string[] Checks = ["metadata", "key", "log", "event", "chain", "bridge", "anchor", "head"];

    private static readonly Dictionary<string, Rule> Known = new Rule[]
    {
        Rule.Error("metadata.file", number: "E302"),
        Rule.Error("metadata.key", number: "E204"),
        Rule.Error("key.file", number: "E204"),
        Rule.Error("key.active", number: "E204"),
        Rule.Error("key.rotation", number: "E202"),
        Rule.Error("key.endorsement", number: "E202"),
        Rule.Error("log.count", VerifyChain),
        Rule.Error("log.truncated"),
        Rule.Error("event.json", VerifyChain, "E104"),
        Rule.Error("event.canonical", number: "E104"),
        Rule.Error("event.fields", number: "E300"),
        Rule.Error("event.timestamp", number: "E105"),
        Rule.Error("event.seq", VerifyChain),
        Rule.Error("event.hash", VerifyChain, "E001"),
        Rule.Error("event.prev_hash", VerifyChain, "E002"),
        Rule.Error("chain.json", VerifyChain, "E104"),
        Rule.Error("chain.canonical", number: "E104"),
        Rule.Error("chain.fields", VerifyChain, "E300"),
        Rule.Error("chain.seq", VerifyChain),
        Rule.Error("chain.hash", VerifyChain, "E001"),
        Rule.Error("chain.prev_hash", VerifyChain, "E002"),
        Rule.Error("chain.signature", VerifyChain, "E003"),
        // The reference prints a warning and goes on: a history written with any key passes.
        Rule.Error("chain.key", number: "E204"),
        Rule.Error("bridge.canonical", number: "E104"),
        Rule.Error("bridge.json", number: "E104"),
        Rule.Error("bridge.event_id", number: "E004"),
        Rule.Error("bridge.prev_event_hash", number: "E002"),
        Rule.Error("bridge.key", number: "E204"),
        Rule.Error("bridge.signature", number: "E003"),
        Rule.Error("bridge.truncated"),
    }.ToDictionary(rule => rule.Name, StringComparer.Ordinal);

    /// <summary>The rule of this name; one that only a store knows is an error in strict mode.</summary>
    public static Rule Find(string name) => Known.GetValueOrDefault(name) ?? Rule.Error(name);
}
