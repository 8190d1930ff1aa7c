using Granary.Hosting.Configuration;
using Granary.Hosting.Telemetry;
using Microsoft.Extensions.Logging;

namespace Granary.Hosting.Lifecycle;

/// <summary>The settings that every program of this project has.</summary>
public record ProgramSettings
{
    /// <summary>The port of <c>/metrics</c>; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Where traces and measurements are exported to.</summary>
    public TelemetrySettings Telemetry { get; init; } = TelemetrySettings.Off;

    /// <summary>How long the program is not ready before it stops: the time a load balancer needs to notice.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.Zero;

    /// <summary>How long calls under way may take to finish once the program stops.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether the log is JSON, one object on a line, instead of text.</summary>
    public bool JsonLog { get; init; }

    /// <summary>A sentence about each variable that looks like a setting and is not.</summary>
    public IReadOnlyList<string> UnknownSettings { get; init; } = [];

    /// <summary>Reads them.</summary>
    /// <param name="settings">The program's settings.</param>
    /// <param name="level">A log level that a flag gave; null for the setting's.</param>
    /// <param name="format">A log format that a flag gave; null for the setting's.</param>
    /// <exception cref="InvalidDataException">A value cannot be used; the message names it and what it takes.</exception>
    public static ProgramSettings Read(Settings settings, string? level = null, string? format = null) => new()
    {
        MetricsPort = Hosting.Telemetry.MetricsPort.Read(settings),
        Telemetry = TelemetrySettings.Read(settings),
        DrainDelay = settings.Seconds("GRANARY_DRAIN_DELAY", TimeSpan.Zero, min: 0),
        ShutdownTimeout = settings.Seconds("GRANARY_SHUTDOWN_TIMEOUT", TimeSpan.FromSeconds(30), min: 0),
        LogLevel = level is null ? settings.Level("LOG_LEVEL") : Settings.ParseLevel(level),
        JsonLog = LogFormats.IsJson(format ?? settings.Text("GRANARY_LOG_FORMAT")),
    };
}
