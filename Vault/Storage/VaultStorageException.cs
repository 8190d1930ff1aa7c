namespace Granary.Vault.Storage;

/// <summary>What kind of failure a store met.</summary>
public enum VaultStorageFailure
{
    /// <summary>There is no vault here.</summary>
    NotFound,

    /// <summary>There is a vault here already.</summary>
    AlreadyExists,

    /// <summary>Another process or handle has the vault open.</summary>
    Locked,

    /// <summary>The store refuses: no space, no permission, a failing device, a limit. Nothing changed.</summary>
    Refused,

    /// <summary>The store cannot be reached now. Nothing changed.</summary>
    Unavailable,

    /// <summary>What is stored is not what was acknowledged. It can be read; it takes no appends.</summary>
    Damaged,

    /// <summary>Whether the append happened is not known; open the log again to find out.</summary>
    OutcomeUnknown,
}

/// <summary>A store's failure; the message is one sentence that names the cause, without a path of the machine.</summary>
public sealed class VaultStorageException(VaultStorageFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public VaultStorageFailure Failure { get; } = failure;
}
