/** Whole sentences in the scripts and languages of offices, for documents that are made of them. */
export interface Language {
  /** As HTML and OpenDocument name it. */
  readonly code: string;
  readonly isRightToLeft: boolean;
  readonly sentences: readonly string[];
}

function language(code: string, ...sentences: readonly string[]): Language {
  return { code, isRightToLeft: /^(?:ar|he|fa)$/.test(code), sentences };
}

/** What LaTeX sets without further packages is marked by its place: the first six. */
export const languages: readonly Language[] = [
  language(
    "en",
    "The tenant shall give notice in writing at least three months before the end of the term.",
    "Invoices that are not paid within thirty days bear interest at four per cent above the base rate.",
    "The lighthouse keeper's log records every ship that passes within four miles of the rock.",
    "Please send the signed copy to the office on the second floor, room 214, before Friday noon.",
    "Revenue rose by 12.5% to 3,418,000 in the third quarter, chiefly because of the new harbour.",
    "Neither party may assign this agreement without the other's prior consent (see clause 6.3).",
  ),
  language(
    "de",
    "Die Kündigung bedarf der Schriftform und muss drei Monate vor Ablauf zugehen.",
    "Größere Schäden an den Geräten sind unverzüglich der Geschäftsführung zu melden.",
    "Der Jahresüberschuss beträgt 1.204.330,50 Euro; davon werden 40 % ausgeschüttet.",
    "Für Rückfragen erreichen Sie uns werktags zwischen acht und siebzehn Uhr.",
    "Straßenbahnhaltestellen werden während der Umbauarbeiten verlegt.",
  ),
  language(
    "fr",
    "Le bailleur s'engage à délivrer les lieux en bon état d'usage et de réparation.",
    "La réunion est reportée au 14 février à cause de la grève des chemins de fer.",
    "Les dépenses prévues s'élèvent à 48 250 euros hors taxes pour l'exercice à venir.",
    "Où est passé l'œuvre que le musée avait prêtée l'été dernier ?",
  ),
  language(
    "es",
    "El arrendatario deberá comunicar por escrito cualquier avería en el plazo de diez días.",
    "¿Cuándo se publicará el informe anual de la compañía española?",
    "La señora Ibáñez firmó el pagaré ante notario el 3 de marzo.",
  ),
  language(
    "it",
    "Il contratto è rinnovato tacitamente per un anno se nessuna delle parti lo disdice.",
    "La società ha chiuso l'esercizio con un utile di 87.400 euro perché i costi sono calati.",
  ),
  language(
    "pt",
    "A reunião começa às nove e meia e não deve durar mais de duas horas.",
    "O serviço de manutenção será concluído até ao fim do mês de março.",
  ),
  language(
    "pl",
    "Najemca zobowiązuje się płacić czynsz do dziesiątego dnia każdego miesiąca.",
    "Zażółć gęślą jaźń – zdanie, w którym są wszystkie polskie znaki.",
  ),
  language(
    "cs",
    "Příliš žluťoučký kůň úpěl ďábelské ódy a potom odešel do kanceláře.",
    "Smlouva nabývá účinnosti dnem podpisu oběma smluvními stranami.",
  ),
  language(
    "tr",
    "Kiracı, sözleşmenin bitiminden önce yazılı olarak bildirimde bulunmalıdır.",
    "İstanbul'daki şube ağustos ayında yeni binasına taşınacak.",
  ),
  language(
    "vi",
    "Bên thuê phải thông báo bằng văn bản trước ba tháng khi chấm dứt hợp đồng.",
    "Cuộc họp sẽ bắt đầu lúc chín giờ sáng tại phòng số hai.",
  ),
  language(
    "ru",
    "Арендатор обязан сообщить о расторжении договора не позднее чем за три месяца.",
    "Отчёт за второй квартал утверждён общим собранием акционеров.",
    "Съешь ещё этих мягких французских булок, да выпей чаю.",
  ),
  language(
    "uk",
    "Орендар зобов'язаний повідомити про припинення договору за три місяці.",
    "Їжак з'їв ґудзик і поїхав до Києва на зібрання.",
  ),
  language(
    "el",
    "Ο μισθωτής οφείλει να ειδοποιήσει εγγράφως τρεις μήνες πριν από τη λήξη.",
    "Η ετήσια έκθεση εγκρίθηκε από τη γενική συνέλευση των μετόχων.",
  ),
  language(
    "ar",
    "يجب على المستأجر أن يخطر المالك كتابة قبل ثلاثة أشهر من نهاية العقد.",
    "بلغت إيرادات الشركة في الربع الثالث نحو مليون دينار.",
    "سيعقد الاجتماع القادم في مكتب المدير يوم الاثنين صباحا.",
  ),
  language(
    "he",
    "על השוכר להודיע בכתב שלושה חודשים לפני תום תקופת השכירות.",
    "הדוח השנתי של החברה אושר באסיפה הכללית של בעלי המניות.",
    "הפגישה הבאה תתקיים במשרד הראשי ביום שני בבוקר.",
  ),
  language(
    "fa",
    "مستاجر باید سه ماه پیش از پایان قرارداد به مالک خبر دهد.",
    "گزارش سالانه شرکت در نشست سهامداران پذیرفته شد.",
  ),
  language(
    "zh",
    "承租人应当在租赁期满前三个月以书面形式通知出租人。",
    "公司第三季度营业收入增长百分之十二，主要由于新港口投入使用。",
    "请在星期五中午之前把签好的合同送到二楼办公室。",
  ),
  language(
    "ja",
    "灯台のランプは午後五時四十分に点灯し、夜明けまで燃え続けました。",
    "賃借人は契約終了の三か月前までに書面で通知しなければならない。",
    "第三四半期の売上高は前年同期比で十二パーセント増加した。",
  ),
  language(
    "ko",
    "임차인은 계약 종료 삼 개월 전에 서면으로 통지하여야 한다.",
    "삼분기 매출은 새 항구 덕분에 십이 퍼센트 증가하였다.",
  ),
];

/** Names and goods, for tables. */
export const words: readonly string[] = [
  "Desk lamp",
  "Filing cabinet",
  "Schreibtischstuhl",
  "Étagère métallique",
  "Ördner A4",
  "Силовой кабель",
  "打印纸",
  "コピー用紙",
  "מדפסת",
  "طابعة",
  "Toner, black (2 pcs.)",
  "Übernachtung",
  "Halden Lighting",
  "Orbis & Sons",
  "Łódź Papier",
  "Kyo Print",
];
