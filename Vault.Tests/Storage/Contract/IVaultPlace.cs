using Granary.Vault.Storage;

namespace Granary.Vault.Tests.Storage.Contract;

/// <summary>A place for one vault in some store.</summary>
public interface IVaultPlace : IDisposable
{
    /// <summary>Another opener's way to the place, as another process would have it.</summary>
    IVaultStore Store(int idempotencyKeys = 4096);

    /// <summary>Whether several may have the vault open at once.</summary>
    bool ManyOpeners { get; }

    /// <summary>A process's way to the place that dies at the given step, counted from 1.</summary>
    DyingStore Dying(int step);
}

/// <summary>A store whose process dies on the way.</summary>
public abstract class DyingStore : IAsyncDisposable
{
    /// <summary>The store.</summary>
    public abstract IVaultStore Store { get; }

    /// <summary>Whether a failure is the process' death.</summary>
    public abstract bool IsDeath(Exception failure);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
