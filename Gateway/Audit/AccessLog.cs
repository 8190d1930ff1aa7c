using System.Buffers;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;

namespace Granary.Gateway.Audit;

/// <summary>One line for each call that a caller makes: who, from where, what, how it ended, how long it took. Never what was said.</summary>
internal sealed class AccessLog(GatewayOptions options, TimeProvider time, ILogger<AccessLog> log)
{
    private static readonly EventId Event = new(1, "Call");

    /// <summary>When a call begins; 0 where calls are not logged.</summary>
    public long Begin() => options.AccessLog && log.IsEnabled(LogLevel.Information) ? time.GetTimestamp() : 0;

    /// <param name="start">What <see cref="Begin"/> said.</param>
    /// <param name="caller">Who called.</param>
    /// <param name="address">From where.</param>
    /// <param name="method">The method of the protocol, or the route of the HTTP API.</param>
    /// <param name="facts">What it was about.</param>
    public void End(long start, Principal caller, IPAddress? address, string method, CallFacts facts)
    {
        if (start == 0)
            return;
        log.Log(LogLevel.Information, Event, new Line(caller, address, method, facts, time.GetElapsedTime(start)), null, static (line, _) => line.ToString());
    }

    /// <summary>The line's fields, for a log in JSON; as text they are <c>name=value</c>, with quotes where the value needs them.</summary>
    private readonly struct Line(Principal caller, IPAddress? address, string method, CallFacts facts, TimeSpan duration) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create([.. Enumerable.Range(0, ' ' + 1).Select(c => (char)c), '"', '=']);

        private readonly string? _address = ClientAddress.Text(address);
        private readonly string? _trace = Activity.Current?.TraceId.ToHexString();
        private readonly double _milliseconds = Math.Round(duration.TotalMilliseconds, 3);

        public int Count => 10;

        public KeyValuePair<string, object?> this[int index] => index switch
        {
            0 => new("tenant", caller.Tenant.Value),
            1 => new("key", caller.Name),
            2 => new("address", _address),
            3 => new("method", method),
            4 => new("name", facts.Target),
            5 => new("operation", facts.Operation),
            6 => new("vault", facts.Vault),
            7 => new("outcome", facts.End.Name()),
            8 => new("ms", _milliseconds),
            9 => new("trace", _trace),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString()
        {
            var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[384]);
            text.AppendLiteral("tenant=");
            AppendValue(ref text, caller.Tenant.Value);
            Append(ref text, " key=", caller.Name);
            Append(ref text, " address=", _address);
            Append(ref text, " method=", method);
            Append(ref text, " name=", facts.Target);
            Append(ref text, " operation=", facts.Operation);
            Append(ref text, " vault=", facts.Vault);
            Append(ref text, " outcome=", facts.End.Name());
            text.AppendLiteral(" ms=");
            text.AppendFormatted(_milliseconds);
            Append(ref text, " trace=", _trace);
            return text.ToStringAndClear();
        }

        private static void Append(ref DefaultInterpolatedStringHandler text, string name, string? value)
        {
            if (value is null)
                return;
            text.AppendLiteral(name);
            AppendValue(ref text, value);
        }

        private static void AppendValue(ref DefaultInterpolatedStringHandler text, string value)
        {
            if (value.Length > 0 && !value.AsSpan().ContainsAny(NeedsQuotes))
            {
                text.AppendLiteral(value);
                return;
            }
            text.AppendLiteral("\"");
            text.AppendLiteral(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
            text.AppendLiteral("\"");
        }
    }
}
