using Granary.Gateway.Access;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>What a tool does to a vault, which decides its hints and the scope it needs.</summary>
internal sealed record ToolEffect(string Scope, bool ReadOnly, bool Destructive, bool Idempotent)
{
    /// <summary>Changes nothing.</summary>
    public static ToolEffect Reads { get; } = new(Scopes.VaultRead, true, false, true);

    /// <summary>Changes nothing, but gives something that only who may write should have.</summary>
    public static ToolEffect Grants { get; } = new(Scopes.VaultWrite, true, false, false);

    /// <summary>Adds events to a vault; what was there stays.</summary>
    public static ToolEffect Adds { get; } = new(Scopes.VaultAppend, false, false, false);

    /// <summary>Makes a vault.</summary>
    public static ToolEffect Creates { get; } = new(Scopes.VaultWrite, false, false, false);

    /// <summary>Adds, and a repeat adds nothing more.</summary>
    public static ToolEffect AddsOnce { get; } = new(Scopes.VaultWrite, false, false, true);

    /// <summary>Changes who signs from now on, which cannot be undone.</summary>
    public static ToolEffect Rotates { get; } = new(Scopes.VaultAdmin, false, false, false);

    /// <summary>Ends something for good.</summary>
    public static ToolEffect Ends { get; } = new(Scopes.VaultAdmin, false, true, false);

    public ToolAnnotations ToAnnotations() => new()
    {
        ReadOnlyHint = ReadOnly,
        DestructiveHint = Destructive,
        IdempotentHint = Idempotent,
        OpenWorldHint = false,
    };
}
