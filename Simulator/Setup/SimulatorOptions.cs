using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Simulator.Setup;

/// <summary>How a simulated backend behaves.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where it listens: this machine only, unless told otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 for any free one.</summary>
    public int Port { get; init; } = 8090;

    /// <summary>What the world is grown from: the same seed tells the same story.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The only token that is accepted; null for any.</summary>
    public string? Token { get; init; }

    /// <summary>How many calls a token has in an hour.</summary>
    public int CallsPerHour { get; init; } = 10_000;

    /// <summary>How many of them may search the infrastructure.</summary>
    public int InfraCallsPerHour { get; init; } = 1000;

    /// <summary>How many hosts the world has, at least three.</summary>
    public int Hosts { get; init; } = 3;

    /// <summary>The vendor's OpenAPI document: every endpoint of it is routed and checked; null for the simulator's own table.</summary>
    public string? OpenApi { get; init; }

    /// <summary>Endpoints that are newer than the document, in the same form.</summary>
    public string? Overlay { get; init; }

    /// <summary>The tokens that are known from the start; none for any.</summary>
    public IReadOnlyList<Access.TokenRule> Tokens { get; init; } = [];

    /// <summary>Serves https with this certificate; null for plain http.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The world's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Writes what happens to the console.</summary>
    public bool Logging { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"SimulatorOptions (port {Port}, seed {Seed})";
}
