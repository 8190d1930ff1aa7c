using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Granary.Vault.Backpack.Events;

/// <summary>The types of events and the namespace each belongs to (specification 3.1).</summary>
public static partial class EventTypes
{
    /// <summary>The vault's birth.</summary>
    public const string Genesis = "GENESIS";

    /// <summary>Something was perceived.</summary>
    public const string Observation = "OBSERVATION";

    /// <summary>A key is not trusted any more.</summary>
    public const string KeyRevocation = "KEY_REVOCATION";

    /// <summary>A key takes a revoked one's place.</summary>
    public const string KeyPromotion = "KEY_PROMOTION";

    /// <summary>A payload was taken away.</summary>
    public const string Redaction = "com.provara.redaction";

    /// <summary>A payload's key was destroyed.</summary>
    public const string CryptoShred = "com.provara.crypto_shred";

    /// <summary>The vault takes no more events.</summary>
    public const string Seal = "com.provara.vault.seal";

    /// <summary>The vault was brought to another version of the specification.</summary>
    public const string Migration = "com.provara.migration";

    /// <summary>The namespaces.</summary>
    public static IReadOnlyList<string> Namespaces { get; } = ["canonical", "local", "contested", "archived"];

    private static readonly FrozenSet<string> Beliefs = FrozenSet.Create("OBSERVATION", "ASSERTION", "ATTESTATION", "RETRACTION");

    private static readonly FrozenSet<string> Core =
        FrozenSet.Create(Genesis, "OBSERVATION", "ASSERTION", "ATTESTATION", "RETRACTION", KeyRevocation, KeyPromotion, "REDUCER_EPOCH");

    private static readonly FrozenSet<string> Operations = FrozenSet.Create(Genesis, KeyRevocation, KeyPromotion, Redaction, CryptoShred, Seal, Migration);

    /// <summary>Whether it is one of the eight core types.</summary>
    public static bool IsCore(string type) => Core.Contains(type);

    /// <summary>Whether events of this type say something about a subject.</summary>
    public static bool IsBelief(string type) => Beliefs.Contains(type);

    /// <summary>Whether only an operation of the vault writes such events.</summary>
    public static bool IsOperation(string type) => Operations.Contains(type);

    /// <summary>Whether it is a custom type: lower-case reverse-domain labels, at least three, underscores in the last one only.</summary>
    public static bool IsCustom(string type) => CustomType().IsMatch(type);

    [GeneratedRegex(@"^[a-z][a-z0-9]*(\.[a-z0-9][a-z0-9-]*)+\.[a-z][a-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex CustomType();

    /// <summary>The namespace events of a type must have, or null where any will do.</summary>
    public static string? RequiredNamespace(string type) => type switch
    {
        Genesis or "ATTESTATION" or KeyRevocation or KeyPromotion => "canonical",
        Observation => "local",
        _ => null,
    };

    /// <summary>The namespace of events whose author names none.</summary>
    public static string DefaultNamespace(string type) =>
        RequiredNamespace(type) ?? (type is "RETRACTION" or "REDUCER_EPOCH" || IsOperation(type) ? "canonical" : "local");
}
