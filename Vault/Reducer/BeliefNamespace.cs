namespace Granary.Vault.Reducer;

/// <summary>The four sections of the state (specification 5.1).</summary>
public enum BeliefNamespace
{
    /// <summary>What rests on observations and assertions.</summary>
    Local,

    /// <summary>What was attested.</summary>
    Canonical,

    /// <summary>What is in dispute.</summary>
    Contested,

    /// <summary>What was attested once, superseded or retracted since.</summary>
    Archived,
}

/// <summary>The names of the sections, as they are written.</summary>
public static class BeliefNames
{
    /// <summary>A section's name in UTF-8.</summary>
    public static ReadOnlySpan<byte> Of(BeliefNamespace section) => section switch
    {
        BeliefNamespace.Canonical => "canonical"u8,
        BeliefNamespace.Contested => "contested"u8,
        BeliefNamespace.Archived => "archived"u8,
        _ => "local"u8,
    };

    /// <summary>Reads a name, in lower case; false where it is none of the four.</summary>
    public static bool TryParse(string? name, out BeliefNamespace section)
    {
        section = name switch
        {
            "canonical" => BeliefNamespace.Canonical,
            "contested" => BeliefNamespace.Contested,
            "archived" => BeliefNamespace.Archived,
            _ => BeliefNamespace.Local,
        };
        return section != BeliefNamespace.Local || name == "local";
    }
}
