namespace Granary.Tenants;

/// <summary>What a call may do, or what it needs. They travel with a call to the silo that serves it.</summary>
[Flags]
public enum AccessRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read and verify.</summary>
    Read = 1,

    /// <summary>Add events; what is there stays.</summary>
    Append = 2,

    /// <summary>Create, import and checkpoint; change what can be changed back.</summary>
    Write = 4,

    /// <summary>What cannot be undone: shred, redact, seal, rotate keys.</summary>
    Admin = 8,

    /// <summary>Everything.</summary>
    All = Read | Append | Write | Admin,
}
