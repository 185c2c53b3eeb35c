using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;

/// <summary>A picture of a page of results.</summary>
/// <param name="Path">Where it belongs, from the page's folder, with slashes.</param>
internal sealed record ResultsFigure(string Path, string Svg)
{
    private const int Width = 720, Height = 320;

    // Of Arial at OxyPlot's size, generously.
    private const double LetterWidth = 6.2;

    // Told apart by colour-blind readers, and on a page printed in grey (Okabe and Ito).
    private static readonly OxyColor[] Colours = [OxyColor.Parse("#0072B2"), OxyColor.Parse("#E69F00"), OxyColor.Parse("#009E73"), OxyColor.Parse("#CC79A7"), OxyColor.Parse("#000000")];

    /// <summary>Figures 3 and 4: metrics, on the left axis, and losses, dashed and on the right one, by epoch.</summary>
    public static ResultsFigure Curves(string name, IReadOnlyList<EpochMeans> epochs)
    {
        var plot = Plot(leftMargin: 55);
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "epoch", MinimumMajorStep = 1, MajorGridlineStyle = LineStyle.Dot });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "metric", AxisTitleDistance = 12, Minimum = 0, Maximum = 1, MajorGridlineStyle = LineStyle.Dot });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Right, Title = "loss", AxisTitleDistance = 12, Key = "loss", Minimum = 0, MaximumPadding = 0.1 });
        plot.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.TopCenter, LegendOrientation = LegendOrientation.Horizontal, LegendItemSpacing = 40 });
        void Add(string title, Func<EpochMeans, double?> number, bool isLoss)
        {
            var line = new LineSeries { Title = title, Color = Colours[plot.Series.Count], LineStyle = isLoss ? LineStyle.Dash : LineStyle.Solid, MarkerType = MarkerType.Circle, MarkerSize = 2.5, YAxisKey = isLoss ? "loss" : null };
            line.Points.AddRange(epochs.Where(epoch => number(epoch) is not null).Select(epoch => new DataPoint(epoch.Epoch, number(epoch)!.Value)));
            plot.Series.Add(line);
        }
        Add("training loss", epoch => epoch.TrainLoss, isLoss: true);
        Add("validation loss", epoch => epoch.ValidationLoss, isLoss: true);
        Add("accuracy", epoch => epoch.Accuracy, isLoss: false);
        Add("AUROC", epoch => epoch.Auroc, isLoss: false);
        Add("AP", epoch => epoch.AveragePrecision, isLoss: false);
        return Draw(name, plot);
    }

    /// <summary>Figure 2: megabytes, a bar each; the paper's are paler.</summary>
    public static ResultsFigure Sizes(string name, IReadOnlyList<(string Name, double Megabytes, bool IsPaper)> sizes)
    {
        string[] labels = [.. sizes.Select(size => size.IsPaper ? $"paper: {size.Name}" : size.Name)];
        var plot = Plot(leftMargin: 20 + LetterWidth * labels.Max(label => label.Length));
        var names = new CategoryAxis { Position = AxisPosition.Left, StartPosition = 1, EndPosition = 0 };
        names.Labels.AddRange(labels);
        plot.Axes.Add(names);
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "trained, MB", Minimum = 0, MaximumPadding = 0.15, MajorGridlineStyle = LineStyle.Dot });
        var bars = new BarSeries { LabelPlacement = LabelPlacement.Outside, LabelMargin = 6, LabelFormatString = "{0:0.000}" };
        bars.Items.AddRange(sizes.Select(size => new BarItem(size.Megabytes) { Color = size.IsPaper ? OxyColor.FromAColor(110, Colours[0]) : Colours[0] }));
        plot.Series.Add(bars);
        return Draw(name, plot);
    }

    // Margins by hand, and room behind a legend's items: texts are measured in a font that readers may not have.
    private static PlotModel Plot(double leftMargin) => new()
    {
        Background = OxyColors.White,
        Culture = CultureInfo.InvariantCulture,
        DefaultFont = "Arial",
        PlotAreaBorderColor = OxyColors.Gray,
        PlotMargins = new OxyThickness(leftMargin, double.NaN, 55, 45),
    };

    private static ResultsFigure Draw(string name, PlotModel plot) => new($"images/{name}.svg", new SvgExporter { Width = Width, Height = Height }.ExportToString(plot));
}

/// <summary>What an epoch came to, in the mean over seeds: the training's loss, the rest on the validation part.</summary>
internal sealed record EpochMeans(int Epoch, double TrainLoss, double? ValidationLoss, double? Accuracy, double? Auroc, double? AveragePrecision);
