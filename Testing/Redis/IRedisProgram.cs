namespace Granary.Testing.Redis;

/// <summary>A program that speaks Redis' protocol on a port and keeps an append-only file in a folder.</summary>
internal interface IRedisProgram : IDisposable
{
    /// <summary>Starts it, with what its append-only file holds; it answers when this returns.</summary>
    /// <exception cref="InvalidOperationException">It does not start: most likely another program has the port.</exception>
    void Start(int port, string folder, IReadOnlyList<string> options);

    /// <summary>Ends it at once.</summary>
    void Kill();

    /// <summary>Its process.</summary>
    int ProcessId { get; }
}
